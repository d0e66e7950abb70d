-- books.toml, sqlite, as of 2026-03-31

-- accounts as of 2025-12-31
INSERT INTO scratch.now__accounts__2025_12_31 (
  account_id, name, segment, seats, from_day, to_day
)
SELECT
  account_id,
  name,
  segment,
  seats,
  from_day,
  to_day
FROM (
  SELECT *, rank() OVER (PARTITION BY account_id ORDER BY from_day DESC) AS place__
  FROM accounts
  WHERE accounts.from_day <= '2025-12-31'
)
WHERE place__ = 1;

-- accounts as of 2026-03-31
INSERT INTO scratch.now__accounts__2026_03_31 (
  account_id, name, segment, seats, from_day, to_day
)
SELECT
  account_id,
  name,
  segment,
  seats,
  from_day,
  to_day
FROM (
  SELECT *, rank() OVER (PARTITION BY account_id ORDER BY from_day DESC) AS place__
  FROM accounts
  WHERE accounts.from_day <= '2026-03-31'
)
WHERE place__ = 1;

-- who held each account as csm, from when to when
INSERT INTO scratch.held__account__csm__2025_12_31 (
  parent, "key", day_from, day_to, day_until
)
WITH
stretches AS MATERIALIZED (
  SELECT accounts.account_id AS key, coalesce(assignments.csm_id, '') AS parent,
    coalesce(nullif(assignments.from_day, ''), '0001-01-01') AS day_from,
    coalesce(date(nullif(assignments.to_day, ''), '-1 day'), '9999-12-31') AS day_to
  FROM scratch.now__accounts__2025_12_31 AS accounts
  JOIN assignments ON assignments.account_id = accounts.account_id
  WHERE coalesce(nullif(assignments.from_day, ''), '0001-01-01') <= coalesce(date(nullif(assignments.to_day, ''), '-1 day'), '9999-12-31') AND assignments.noted <> '' AND assignments.noted <= '2025-12-31'
),
-- where the next one begins later and ends no earlier, it takes over: else many open stretches cover each other
clipped AS MATERIALIZED (
  SELECT key, parent, day_from,
    CASE WHEN next_from > day_from AND next_from <= day_to AND next_to >= day_to
      THEN date(next_from, '-1 day') ELSE day_to END AS day_to
  FROM (
    SELECT *, lead(day_from) OVER following AS next_from, lead(day_to) OVER following AS next_to
    FROM stretches
    WINDOW following AS (PARTITION BY key ORDER BY day_from, day_to)
  )
),
-- the days on which anything changes
edges AS MATERIALIZED (
  SELECT key, day_from AS day FROM clipped
  UNION SELECT key, date(day_to, '+1 day') FROM clipped WHERE day_to < '9999-12-31'
),
segments AS MATERIALIZED (
  SELECT key, day, lead(day) OVER (PARTITION BY key ORDER BY day) AS next FROM edges
),
-- of the stretches that cover a segment the one that began last
covering AS (
  SELECT s.key, s.day, s.next, c.parent,
    rank() OVER (PARTITION BY s.key, s.day ORDER BY c.day_from DESC) AS place
  FROM segments AS s
  JOIN clipped AS c ON c.key = s.key AND c.day_from <= s.day AND c.day_to >= s.day
),
-- nobody, where two of them began together
holding AS (
  SELECT max(parent) AS parent, key, day AS day_from,
    coalesce(date(max(next), '-1 day'), '9999-12-31') AS day_to
  FROM covering
  WHERE place = 1
  GROUP BY key, day
  HAVING count(DISTINCT parent) = 1 AND max(parent) <> ''
)
-- facts after the last day of a stretch go to its holder until there is another
SELECT
  parent,
  key,
  day_from,
  day_to,
  coalesce(date(lead(day_from) OVER (PARTITION BY key ORDER BY day_from), '-1 day'), '9999-12-31') AS day_until
FROM holding;

-- who held each account as csm, from when to when
INSERT INTO scratch.held__account__csm__2026_03_31 (
  parent, "key", day_from, day_to, day_until
)
WITH
stretches AS MATERIALIZED (
  SELECT accounts.account_id AS key, coalesce(assignments.csm_id, '') AS parent,
    coalesce(nullif(assignments.from_day, ''), '0001-01-01') AS day_from,
    coalesce(date(nullif(assignments.to_day, ''), '-1 day'), '9999-12-31') AS day_to
  FROM scratch.now__accounts__2026_03_31 AS accounts
  JOIN assignments ON assignments.account_id = accounts.account_id
  WHERE coalesce(nullif(assignments.from_day, ''), '0001-01-01') <= coalesce(date(nullif(assignments.to_day, ''), '-1 day'), '9999-12-31') AND assignments.noted <> '' AND assignments.noted <= '2026-03-31'
),
-- where the next one begins later and ends no earlier, it takes over: else many open stretches cover each other
clipped AS MATERIALIZED (
  SELECT key, parent, day_from,
    CASE WHEN next_from > day_from AND next_from <= day_to AND next_to >= day_to
      THEN date(next_from, '-1 day') ELSE day_to END AS day_to
  FROM (
    SELECT *, lead(day_from) OVER following AS next_from, lead(day_to) OVER following AS next_to
    FROM stretches
    WINDOW following AS (PARTITION BY key ORDER BY day_from, day_to)
  )
),
-- the days on which anything changes
edges AS MATERIALIZED (
  SELECT key, day_from AS day FROM clipped
  UNION SELECT key, date(day_to, '+1 day') FROM clipped WHERE day_to < '9999-12-31'
),
segments AS MATERIALIZED (
  SELECT key, day, lead(day) OVER (PARTITION BY key ORDER BY day) AS next FROM edges
),
-- of the stretches that cover a segment the one that began last
covering AS (
  SELECT s.key, s.day, s.next, c.parent,
    rank() OVER (PARTITION BY s.key, s.day ORDER BY c.day_from DESC) AS place
  FROM segments AS s
  JOIN clipped AS c ON c.key = s.key AND c.day_from <= s.day AND c.day_to >= s.day
),
-- nobody, where two of them began together
holding AS (
  SELECT max(parent) AS parent, key, day AS day_from,
    coalesce(date(max(next), '-1 day'), '9999-12-31') AS day_to
  FROM covering
  WHERE place = 1
  GROUP BY key, day
  HAVING count(DISTINCT parent) = 1 AND max(parent) <> ''
)
-- facts after the last day of a stretch go to its holder until there is another
SELECT
  parent,
  key,
  day_from,
  day_to,
  coalesce(date(lead(day_from) OVER (PARTITION BY key ORDER BY day_from), '-1 day'), '9999-12-31') AS day_until
FROM holding;

-- who holds each account as csm as of 2025-12-31
INSERT INTO scratch.holder__account__csm__2025_12_31 (
  "key", parent
)
SELECT
  key,
  parent
FROM (
  SELECT key, parent, rank() OVER (PARTITION BY key ORDER BY day_from DESC) AS place
  FROM scratch.held__account__csm__2025_12_31
  WHERE day_from <= '2025-12-31'
)
WHERE place = 1;

-- who holds each account as csm as of 2026-01-01
INSERT INTO scratch.holder__account__csm__2026_01_01__2026_03_31 (
  "key", parent
)
SELECT
  key,
  parent
FROM (
  SELECT key, parent, rank() OVER (PARTITION BY key ORDER BY day_from DESC) AS place
  FROM scratch.held__account__csm__2026_03_31
  WHERE day_from <= '2026-01-01'
)
WHERE place = 1;

-- who holds each account as csm as of 2026-03-31
INSERT INTO scratch.holder__account__csm__2026_03_31 (
  "key", parent
)
SELECT
  key,
  parent
FROM (
  SELECT key, parent, rank() OVER (PARTITION BY key ORDER BY day_from DESC) AS place
  FROM scratch.held__account__csm__2026_03_31
  WHERE day_from <= '2026-03-31'
)
WHERE place = 1;

-- the keys of each segment, found in its children
INSERT INTO scratch.keys__segment__2026_03_31 (
  "key"
)
SELECT DISTINCT key FROM (
SELECT accounts.segment AS key
FROM accounts
WHERE accounts.segment <> '' AND accounts.from_day <= '2026-03-31'
);

-- the keys of each team, found in its children
INSERT INTO scratch.keys__team (
  "key"
)
SELECT DISTINCT key FROM (
SELECT csms.team AS key
FROM csms
WHERE csms.team <> ''
);

-- facts -> parts: usage, one pass for each account: events
INSERT INTO scratch.parts__usage__after_2026_03_03_to_2026_03_31__account (
  "key", events__sum, events__rows, events__n, events__newest
)
SELECT
  accounts.account_id AS "key",
  sum(usage.events) FILTER (WHERE csms.role = 'senior') AS events__sum,
  count(*) FILTER (WHERE csms.role = 'senior') AS events__rows,
  count(usage.events) FILTER (WHERE csms.role = 'senior') AS events__n,
  max(usage._day) FILTER (WHERE csms.role = 'senior' AND usage.events IS NOT NULL) AS events__newest
FROM scratch.now__accounts__2026_03_31 AS accounts
CROSS JOIN usage ON accounts.account_id = usage.account_id
LEFT JOIN scratch.holder__account__csm__2026_03_31 AS holder__account__csm ON holder__account__csm.key = usage.account_id
LEFT JOIN csms ON csms.csm_id = holder__account__csm.parent
WHERE usage.day <= '2026-03-31' AND usage.day > '2026-03-03' AND accounts.account_id IS NOT NULL
GROUP BY accounts.account_id;

-- facts -> values of account
INSERT INTO scratch.values_account (
  "key", label, events, events__n, events__newest, seats, parent__csm, in_force__own
)
WITH
-- each account with what was counted
level__facts AS (
  SELECT
    accounts.account_id AS "key",
    coalesce(accounts.name, accounts.account_id) AS label,
    accounts.seats AS seats,
    (SELECT csms.csm_id FROM csms WHERE csms.csm_id = (SELECT parent FROM scratch.holder__account__csm__2026_03_31 AS holder__account__csm WHERE holder__account__csm.key = accounts.account_id)) AS parent__csm,
    CASE WHEN ((nullif(accounts.from_day, '') IS NULL OR nullif(accounts.from_day, '') <= '2026-03-31') AND (accounts.to_day IS NULL OR accounts.to_day > '2026-03-30')) THEN 1 ELSE 0 END AS in_force__own,
    CASE WHEN usage__after_2026_03_03_to_2026_03_31.events__rows > 0 THEN nullif(nullif(usage__after_2026_03_03_to_2026_03_31.events__sum, 9e999), -9e999) ELSE 0.0 END AS events,
    coalesce(usage__after_2026_03_03_to_2026_03_31.events__n, 0) AS events__n,
    date(usage__after_2026_03_03_to_2026_03_31.events__newest - 0.5) AS events__newest
  FROM scratch.now__accounts__2026_03_31 AS accounts
  LEFT JOIN scratch.parts__usage__after_2026_03_03_to_2026_03_31__account AS usage__after_2026_03_03_to_2026_03_31 ON usage__after_2026_03_03_to_2026_03_31.key = accounts.account_id
)
-- one value row for each account
SELECT
  "key",
  label,
  events,
  events__n,
  events__newest,
  seats,
  parent__csm,
  in_force__own
FROM level__facts;

-- values -> judgements of health
INSERT INTO scratch.scores_health (
  "key", label, outcome, score, score_before_guards, band, coverage, events, guards, guards__unjudged, reasons,
  reason_1, reason_2, reason_3
)
WITH
-- what is scored, rounded once
level__measured AS (
  SELECT
    v.key AS row__key,
    v.label AS row__label,
    CASE WHEN v.in_force__own = 0 THEN 'not_eligible' ELSE 'ok' END AS row__state,
    round(v.events * 1e9) / 1e9 AS x__events,
    v.parent__csm AS parent__csm
  FROM scratch.values_account AS v
  LIMIT -1 OFFSET 0
),
-- scales: value -> points
level__points AS (
  SELECT
    row__key,
    row__label,
    row__state,
    CASE WHEN x__events IS NOT NULL AND row__state = 'ok' AND parent__csm IS NOT NULL AND count(*) OVER (PARTITION BY parent__csm, x__events IS NOT NULL AND row__state = 'ok' AND parent__csm IS NOT NULL) >= 10 THEN 100.0 * (rank() OVER (PARTITION BY parent__csm, x__events IS NOT NULL AND row__state = 'ok' AND parent__csm IS NOT NULL ORDER BY x__events) - 1) / nullif(count(*) OVER (PARTITION BY parent__csm, x__events IS NOT NULL AND row__state = 'ok' AND parent__csm IS NOT NULL) - 1, 0) END AS points__events
  FROM level__measured
  LIMIT -1 OFFSET 0
),
-- the whole scorecard
level__total AS (
  SELECT
    row__key,
    row__label,
    row__state,
    points__events,
    (coalesce(1.0 * points__events, 0.0)) / nullif(CASE WHEN points__events IS NULL THEN 0.0 ELSE 1.0 END, 0.0) AS total__raw,
    coalesce(coalesce((1.0 * CASE WHEN points__events IS NOT NULL THEN 1.0 ELSE 0.0 END) / nullif(1.0, 0.0), 0.0), 0.0) AS total__coverage,
    CASE WHEN points__events IS NULL THEN 0.0 ELSE 1.0 END AS total__weight
  FROM level__points
  LIMIT -1 OFFSET 0
),
-- enough data for a score?
level__before_guards AS (
  SELECT
    row__key,
    row__label,
    row__state,
    points__events,
    total__coverage,
    total__weight,
    CASE WHEN row__state = 'ok' AND total__coverage > 0.0 THEN round(total__raw * 1e9) / 1e9 END AS total__before
  FROM level__total
  LIMIT -1 OFFSET 0
),
-- how much of the score hangs on each
level__shares_1 AS (
  SELECT
    row__key,
    row__label,
    row__state,
    points__events,
    total__coverage,
    total__before,
    CASE WHEN points__events IS NOT NULL THEN 1.0 * 1.0 / total__weight END AS share__events
  FROM level__before_guards
),
-- points of the score that each cost
level__lost AS (
  SELECT
    row__key,
    row__label,
    row__state,
    points__events,
    total__coverage,
    total__before,
    share__events * (100.0 - points__events) AS lost__events
  FROM level__shares_1
),
-- lowest set, then highest floor, then lowest cap
level__set AS (
  SELECT
    row__key,
    row__label,
    row__state,
    points__events,
    total__coverage,
    total__before,
    lost__events,
    total__before AS total__guarded
  FROM level__lost
),
-- the score
level__score AS (
  SELECT
    row__key,
    row__label,
    row__state,
    points__events,
    total__coverage,
    total__before,
    lost__events,
    round(total__guarded * 1e9) / 1e9 AS total__score
  FROM level__set
  LIMIT -1 OFFSET 0
),
-- the three dearest
level__reasons AS (
  SELECT
    row__key,
    row__label,
    row__state,
    points__events,
    total__coverage,
    total__before,
    total__score,
    CASE WHEN total__before IS NOT NULL THEN (SELECT json_group_array(json_object('measure', measure, 'points', points, 'lost', lost)) FROM (
      SELECT measure, points, lost FROM (
        SELECT 'events' AS measure, points__events AS points, round(lost__events * 1e9) / 1e9 AS lost, 0 AS position
      ) WHERE lost > 0.0 ORDER BY lost DESC, position LIMIT 3)) ELSE '[]' END AS total__reasons
  FROM level__score
  LIMIT -1 OFFSET 0
)
-- one row for each account
SELECT
  row__key AS "key",
  row__label AS label,
  CASE WHEN row__state <> 'ok' THEN row__state WHEN total__score IS NULL THEN 'insufficient_data' ELSE 'scored' END AS outcome,
  total__score AS score,
  total__before AS score_before_guards,
  NULL AS band,
  CASE WHEN row__state = 'ok' THEN total__coverage END AS coverage,
  CASE WHEN row__state = 'ok' THEN points__events END AS events,
  '[]' AS guards,
  '[]' AS guards__unjudged,
  total__reasons AS reasons,
  CASE json_extract(total__reasons, '$[0].measure') WHEN 'events' THEN 'events' END AS reason_1,
  CASE json_extract(total__reasons, '$[1].measure') WHEN 'events' THEN 'events' END AS reason_2,
  CASE json_extract(total__reasons, '$[2].measure') WHEN 'events' THEN 'events' END AS reason_3
FROM level__reasons;

-- facts -> parts: each account, one pass for each csm: licensed
INSERT INTO scratch.parts__over__account__end_2026_03_31__csm (
  "key", licensed__sum, licensed__n
)
SELECT
  v.parent__csm AS "key",
  sum(v.seats) AS licensed__sum,
  count(v.seats) AS licensed__n
FROM scratch.values_account AS v
WHERE v.parent__csm IS NOT NULL
GROUP BY v.parent__csm;

-- facts -> parts: each account, one pass for each csm: opening
INSERT INTO scratch.parts__over__account__start_2026_03_31__after_2025_12_31_to_2026_03_31__csm (
  "key", opening__sum, opening__n
)
SELECT
  holder__account__csm.parent AS "key",
  sum(v.seats) AS opening__sum,
  count(v.seats) AS opening__n
FROM scratch.values_account AS v
JOIN scratch.holder__account__csm__2026_01_01__2026_03_31 AS holder__account__csm ON holder__account__csm.key = v.key
WHERE holder__account__csm.parent IS NOT NULL
GROUP BY holder__account__csm.parent;

-- facts -> parts: usage, one pass for each csm: events
INSERT INTO scratch.parts__usage__after_2026_03_03_to_2026_03_31__csm (
  "key", events__sum, events__rows, events__n, events__newest
)
SELECT
  held__account__csm.parent AS "key",
  sum(usage.events) FILTER (WHERE csms.role = 'senior') AS events__sum,
  count(*) FILTER (WHERE csms.role = 'senior') AS events__rows,
  count(usage.events) FILTER (WHERE csms.role = 'senior') AS events__n,
  max(usage._day) FILTER (WHERE csms.role = 'senior' AND usage.events IS NOT NULL) AS events__newest
FROM scratch.held__account__csm__2026_03_31 AS held__account__csm
CROSS JOIN usage ON held__account__csm.key = usage.account_id AND usage.day >= CASE WHEN held__account__csm.day_from > '2026-03-04' THEN held__account__csm.day_from ELSE '2026-03-04' END AND usage.day <= CASE WHEN held__account__csm.day_until < '2026-03-31' THEN held__account__csm.day_until ELSE '2026-03-31' END
LEFT JOIN scratch.holder__account__csm__2026_03_31 AS holder__account__csm ON holder__account__csm.key = usage.account_id
LEFT JOIN csms ON csms.csm_id = holder__account__csm.parent
WHERE usage.day <= '2026-03-31' AND usage.day > '2026-03-03' AND held__account__csm.parent IS NOT NULL
GROUP BY held__account__csm.parent;

-- facts -> parts: usage, one pass for each csm: events__ago_3_months
INSERT INTO scratch.parts__usage__after_2025_12_03_to_2025_12_31__as_of_2025_12_31__csm (
  "key", events__ago_3_months__sum, events__ago_3_months__rows, events__ago_3_months__n, events__ago_3_months__newest
)
SELECT
  held__account__csm.parent AS "key",
  sum(usage.events) FILTER (WHERE csms.role = 'senior') AS events__ago_3_months__sum,
  count(*) FILTER (WHERE csms.role = 'senior') AS events__ago_3_months__rows,
  count(usage.events) FILTER (WHERE csms.role = 'senior') AS events__ago_3_months__n,
  max(usage._day) FILTER (WHERE csms.role = 'senior' AND usage.events IS NOT NULL) AS events__ago_3_months__newest
FROM scratch.held__account__csm__2025_12_31 AS held__account__csm
CROSS JOIN usage ON held__account__csm.key = usage.account_id AND usage.day >= CASE WHEN held__account__csm.day_from > '2025-12-04' THEN held__account__csm.day_from ELSE '2025-12-04' END AND usage.day <= CASE WHEN held__account__csm.day_until < '2025-12-31' THEN held__account__csm.day_until ELSE '2025-12-31' END
LEFT JOIN scratch.holder__account__csm__2025_12_31 AS holder__account__csm ON holder__account__csm.key = usage.account_id
LEFT JOIN csms ON csms.csm_id = holder__account__csm.parent
WHERE usage.day <= '2025-12-31' AND usage.day > '2025-12-03' AND held__account__csm.parent IS NOT NULL
GROUP BY held__account__csm.parent;

-- facts -> values of csm
INSERT INTO scratch.values_csm (
  "key", label, events, events__n, events__newest, events__ago_3_months, events__ago_3_months__n,
  events__ago_3_months__newest, events_before, events_before__n, events_before__newest, licensed, licensed__n,
  licensed__newest, opening, opening__n, opening__newest
)
WITH
-- each csm with what was counted
level__facts AS (
  SELECT
    csms.csm_id AS "key",
    csms.csm_id AS label,
    nullif(nullif(over__account__end_2026_03_31.licensed__sum, 9e999), -9e999) AS licensed,
    coalesce(over__account__end_2026_03_31.licensed__n, 0) AS licensed__n,
    NULL AS licensed__newest,
    nullif(nullif(over__account__start_2026_03_31__after_2025_12_31_to_2026_03_31.opening__sum, 9e999), -9e999) AS opening,
    coalesce(over__account__start_2026_03_31__after_2025_12_31_to_2026_03_31.opening__n, 0) AS opening__n,
    NULL AS opening__newest,
    CASE WHEN usage__after_2026_03_03_to_2026_03_31.events__rows > 0 THEN nullif(nullif(usage__after_2026_03_03_to_2026_03_31.events__sum, 9e999), -9e999) ELSE 0.0 END AS events,
    coalesce(usage__after_2026_03_03_to_2026_03_31.events__n, 0) AS events__n,
    date(usage__after_2026_03_03_to_2026_03_31.events__newest - 0.5) AS events__newest,
    CASE WHEN usage__after_2025_12_03_to_2025_12_31__as_of_2025_12_31.events__ago_3_months__rows > 0 THEN nullif(nullif(usage__after_2025_12_03_to_2025_12_31__as_of_2025_12_31.events__ago_3_months__sum, 9e999), -9e999) ELSE 0.0 END AS events__ago_3_months,
    coalesce(usage__after_2025_12_03_to_2025_12_31__as_of_2025_12_31.events__ago_3_months__n, 0) AS events__ago_3_months__n,
    date(usage__after_2025_12_03_to_2025_12_31__as_of_2025_12_31.events__ago_3_months__newest - 0.5) AS events__ago_3_months__newest
  FROM csms
  LEFT JOIN scratch.parts__over__account__end_2026_03_31__csm AS over__account__end_2026_03_31 ON over__account__end_2026_03_31.key = csms.csm_id
  LEFT JOIN scratch.parts__over__account__start_2026_03_31__after_2025_12_31_to_2026_03_31__csm AS over__account__start_2026_03_31__after_2025_12_31_to_2026_03_31 ON over__account__start_2026_03_31__after_2025_12_31_to_2026_03_31.key = csms.csm_id
  LEFT JOIN scratch.parts__usage__after_2026_03_03_to_2026_03_31__csm AS usage__after_2026_03_03_to_2026_03_31 ON usage__after_2026_03_03_to_2026_03_31.key = csms.csm_id
  LEFT JOIN scratch.parts__usage__after_2025_12_03_to_2025_12_31__as_of_2025_12_31__csm AS usage__after_2025_12_03_to_2025_12_31__as_of_2025_12_31 ON usage__after_2025_12_03_to_2025_12_31__as_of_2025_12_31.key = csms.csm_id
  LIMIT -1 OFFSET 0
),
-- metrics computed from others
level__formulas_1 AS (
  SELECT
    "key",
    label,
    licensed,
    licensed__n,
    licensed__newest,
    opening,
    opening__n,
    opening__newest,
    events,
    events__n,
    events__newest,
    events__ago_3_months,
    events__ago_3_months__n,
    events__ago_3_months__newest,
    events__ago_3_months AS events_before,
    events__ago_3_months__n AS events_before__n,
    NULL AS events_before__newest
  FROM level__facts
)
-- one value row for each csm
SELECT
  "key",
  label,
  events,
  events__n,
  events__newest,
  events__ago_3_months,
  events__ago_3_months__n,
  events__ago_3_months__newest,
  events_before,
  events_before__n,
  events_before__newest,
  licensed,
  licensed__n,
  licensed__newest,
  opening,
  opening__n,
  opening__newest
FROM level__formulas_1;

-- facts -> parts: usage, merged from the parts of each account for each segment: events
INSERT INTO scratch.parts__usage__after_2026_03_03_to_2026_03_31__segment (
  "key", events__sum, events__rows, events__n, events__newest
)
SELECT
  accounts.segment AS "key",
  sum(finer.events__sum) AS events__sum,
  sum(finer.events__rows) AS events__rows,
  sum(finer.events__n) AS events__n,
  max(finer.events__newest) AS events__newest
FROM scratch.parts__usage__after_2026_03_03_to_2026_03_31__account AS finer
JOIN scratch.now__accounts__2026_03_31 AS accounts ON accounts.account_id = finer.key
WHERE accounts.segment IS NOT NULL
GROUP BY accounts.segment;

-- facts -> values of segment
INSERT INTO scratch.values_segment (
  "key", label, events, events__n, events__newest
)
WITH
-- each segment with what was counted
level__facts AS (
  SELECT
    keys__segment."key" AS "key",
    keys__segment."key" AS label,
    CASE WHEN usage__after_2026_03_03_to_2026_03_31.events__rows > 0 THEN nullif(nullif(usage__after_2026_03_03_to_2026_03_31.events__sum, 9e999), -9e999) ELSE 0.0 END AS events,
    coalesce(usage__after_2026_03_03_to_2026_03_31.events__n, 0) AS events__n,
    date(usage__after_2026_03_03_to_2026_03_31.events__newest - 0.5) AS events__newest
  FROM scratch.keys__segment__2026_03_31 AS keys__segment
  LEFT JOIN scratch.parts__usage__after_2026_03_03_to_2026_03_31__segment AS usage__after_2026_03_03_to_2026_03_31 ON usage__after_2026_03_03_to_2026_03_31.key = keys__segment."key"
)
-- one value row for each segment
SELECT
  "key",
  label,
  events,
  events__n,
  events__newest
FROM level__facts;

-- facts -> parts: each account, one pass for each team: shared
INSERT INTO scratch.parts__over__account__share_of_days_2026_03_31__after_2025_12_31_to_2026_03_31__team (
  "key", shared__sum, shared__n
)
SELECT
  book.parent AS "key",
  sum(book.weight * v.seats) AS shared__sum,
  count(v.seats) AS shared__n
FROM scratch.values_account AS v
JOIN (
    SELECT accounts.account_id AS key, csms.team AS parent, sum(julianday(CASE WHEN held.day_to < '2026-03-31' THEN held.day_to ELSE '2026-03-31' END) - julianday(CASE WHEN held.day_from > '2026-01-01' THEN held.day_from ELSE '2026-01-01' END) + 1.0) / 90.0 AS weight
    FROM scratch.now__accounts__2026_03_31 AS accounts
    JOIN scratch.held__account__csm__2026_03_31 AS held ON held.key = accounts.account_id AND held.day_from <= '2026-03-31' AND held.day_to >= '2026-01-01'
    JOIN csms ON csms.csm_id = held.parent
    GROUP BY accounts.account_id, csms.team
) AS book ON book.key = v.key
WHERE book.parent IS NOT NULL
GROUP BY book.parent;

-- facts -> parts: usage, merged from the parts of each csm for each team: events
INSERT INTO scratch.parts__usage__after_2026_03_03_to_2026_03_31__team (
  "key", events__sum, events__rows, events__n, events__newest
)
SELECT
  csms.team AS "key",
  sum(finer.events__sum) AS events__sum,
  sum(finer.events__rows) AS events__rows,
  sum(finer.events__n) AS events__n,
  max(finer.events__newest) AS events__newest
FROM scratch.parts__usage__after_2026_03_03_to_2026_03_31__csm AS finer
JOIN csms ON csms.csm_id = finer.key
WHERE csms.team IS NOT NULL
GROUP BY csms.team;

-- facts -> values of team
INSERT INTO scratch.values_team (
  "key", label, events, events__n, events__newest, shared, shared__n, shared__newest
)
WITH
-- each team with what was counted
level__facts AS (
  SELECT
    keys__team."key" AS "key",
    keys__team."key" AS label,
    nullif(nullif(over__account__share_of_days_2026_03_31__after_2025_12_31_to_2026_03_31.shared__sum, 9e999), -9e999) AS shared,
    coalesce(over__account__share_of_days_2026_03_31__after_2025_12_31_to_2026_03_31.shared__n, 0) AS shared__n,
    NULL AS shared__newest,
    CASE WHEN usage__after_2026_03_03_to_2026_03_31.events__rows > 0 THEN nullif(nullif(usage__after_2026_03_03_to_2026_03_31.events__sum, 9e999), -9e999) ELSE 0.0 END AS events,
    coalesce(usage__after_2026_03_03_to_2026_03_31.events__n, 0) AS events__n,
    date(usage__after_2026_03_03_to_2026_03_31.events__newest - 0.5) AS events__newest
  FROM scratch.keys__team
  LEFT JOIN scratch.parts__over__account__share_of_days_2026_03_31__after_2025_12_31_to_2026_03_31__team AS over__account__share_of_days_2026_03_31__after_2025_12_31_to_2026_03_31 ON over__account__share_of_days_2026_03_31__after_2025_12_31_to_2026_03_31.key = keys__team."key"
  LEFT JOIN scratch.parts__usage__after_2026_03_03_to_2026_03_31__team AS usage__after_2026_03_03_to_2026_03_31 ON usage__after_2026_03_03_to_2026_03_31.key = keys__team."key"
)
-- one value row for each team
SELECT
  "key",
  label,
  events,
  events__n,
  events__newest,
  shared,
  shared__n,
  shared__newest
FROM level__facts;

-- facts -> parts: each account, one pass for each company: licensed
INSERT INTO scratch.parts__over__account__end_2026_03_31__company (
  "key", licensed__sum, licensed__n
)
SELECT
  'company' AS "key",
  sum(v.seats) AS licensed__sum,
  count(v.seats) AS licensed__n
FROM scratch.values_account AS v;

-- facts -> values of company
INSERT INTO scratch.values_company (
  "key", label, licensed, licensed__n, licensed__newest
)
WITH
-- each company with what was counted
level__facts AS (
  SELECT
    'company' AS "key",
    'company' AS label,
    nullif(nullif(over__account__end_2026_03_31.licensed__sum, 9e999), -9e999) AS licensed,
    coalesce(over__account__end_2026_03_31.licensed__n, 0) AS licensed__n,
    NULL AS licensed__newest
  FROM (SELECT 1)
  LEFT JOIN scratch.parts__over__account__end_2026_03_31__company AS over__account__end_2026_03_31 ON over__account__end_2026_03_31.key = 'company'
)
-- one value row for each company
SELECT
  "key",
  label,
  licensed,
  licensed__n,
  licensed__newest
FROM level__facts;

-- finding: account no csm is known ('csm_id')
SELECT count(*) OVER (), key, parent
FROM (SELECT accounts.account_id AS key, nullif((SELECT parent FROM scratch.holder__account__csm__2026_03_31 AS holder__account__csm WHERE holder__account__csm.key = accounts.account_id), '') AS parent
FROM scratch.now__accounts__2026_03_31 AS accounts
WHERE NOT EXISTS (SELECT 1 FROM csms WHERE csms.csm_id = (SELECT parent FROM scratch.holder__account__csm__2026_03_31 AS holder__account__csm WHERE holder__account__csm.key = accounts.account_id)))
ORDER BY parent IS NULL, key
LIMIT 1;

-- finding: csm no team is known ('team')
SELECT count(*) OVER (), key, parent
FROM (SELECT csms.csm_id AS key, nullif(csms.team, '') AS parent
FROM csms
WHERE NOT EXISTS (SELECT 1 FROM scratch.keys__team WHERE keys__team."key" = csms.team))
ORDER BY parent IS NULL, key
LIMIT 1;

-- finding: account no segment is known ('segment')
SELECT count(*) OVER (), key, parent
FROM (SELECT accounts.account_id AS key, nullif(accounts.segment, '') AS parent
FROM scratch.now__accounts__2026_03_31 AS accounts
WHERE NOT EXISTS (SELECT 1 FROM scratch.keys__segment__2026_03_31 AS keys__segment WHERE keys__segment."key" = accounts.segment))
ORDER BY parent IS NULL, key
LIMIT 1;

-- finding: assignments names more than one csm from the same day on, so nobody counts
WITH
stretches AS MATERIALIZED (
  SELECT accounts.account_id AS key, coalesce(assignments.csm_id, '') AS parent,
    coalesce(nullif(assignments.from_day, ''), '0001-01-01') AS day_from,
    coalesce(date(nullif(assignments.to_day, ''), '-1 day'), '9999-12-31') AS day_to
  FROM scratch.now__accounts__2026_03_31 AS accounts
  JOIN assignments ON assignments.account_id = accounts.account_id
  WHERE coalesce(nullif(assignments.from_day, ''), '0001-01-01') <= coalesce(date(nullif(assignments.to_day, ''), '-1 day'), '9999-12-31') AND assignments.noted <> '' AND assignments.noted <= '2026-03-31'
)
SELECT count(DISTINCT key), min(key)
FROM (SELECT key FROM stretches GROUP BY key, day_from HAVING count(DISTINCT parent) > 1);

-- finding: assignments names another csm before the one before has ended, and the later one counts
WITH
stretches AS MATERIALIZED (
  SELECT accounts.account_id AS key, coalesce(assignments.csm_id, '') AS parent,
    coalesce(nullif(assignments.from_day, ''), '0001-01-01') AS day_from,
    coalesce(date(nullif(assignments.to_day, ''), '-1 day'), '9999-12-31') AS day_to
  FROM scratch.now__accounts__2026_03_31 AS accounts
  JOIN assignments ON assignments.account_id = accounts.account_id
  WHERE coalesce(nullif(assignments.from_day, ''), '0001-01-01') <= coalesce(date(nullif(assignments.to_day, ''), '-1 day'), '9999-12-31') AND assignments.noted <> '' AND assignments.noted <= '2026-03-31'
)
SELECT count(DISTINCT key), min(key)
FROM (SELECT key, day_to, min(day_from) OVER (PARTITION BY key ORDER BY day_from GROUPS BETWEEN 1 FOLLOWING AND 1 FOLLOWING) AS later FROM stretches)
WHERE later <= day_to;

-- finding: assignments has rows that end before they begin, and never count
SELECT count(*), min(assignments.account_id)
FROM assignments
WHERE coalesce(nullif(assignments.from_day, ''), '0001-01-01') > coalesce(date(nullif(assignments.to_day, ''), '-1 day'), '9999-12-31') AND assignments.noted <> '' AND assignments.noted <= '2026-03-31';
