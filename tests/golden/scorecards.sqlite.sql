-- scorecards.toml, sqlite, as of 2026-03-31

-- facts -> parts: surveys, one pass for each account: survey
INSERT INTO scratch.parts__surveys__after_2025_03_31_to_2026_03_31__account (
  "key", survey__sum, survey__n, survey__newest
)
SELECT
  accounts.account_id AS "key",
  sum(surveys.score) AS survey__sum,
  count(surveys.score) AS survey__n,
  max(surveys._day) FILTER (WHERE surveys.score IS NOT NULL) AS survey__newest
FROM accounts
CROSS JOIN surveys ON accounts.account_id = surveys.account_id
WHERE surveys.day <= '2026-03-31' AND surveys.day > '2025-03-31' AND accounts.account_id IS NOT NULL
GROUP BY accounts.account_id;

-- facts -> values of account
INSERT INTO scratch.values_account (
  "key", label, use, use__n, use__newest, survey, survey__n, survey__newest, enterprise__said, enterprise__said__n,
  enterprise__said__newest, enterprise__trained, enterprise__trained__n, enterprise__trained__newest, enterprise__age,
  enterprise__age__n, enterprise__age__newest, others__people, others__people__n, others__people__newest,
  others__said, others__said__n, others__said__newest, status, segment, target, seats, signed_up, mood, trained, used,
  parent__csm, band_before__health
)
WITH
-- each account with what was counted
level__facts AS (
  SELECT
    accounts.account_id AS "key",
    coalesce(accounts.name, accounts.account_id) AS label,
    accounts.status AS status,
    accounts.segment AS segment,
    accounts.target AS target,
    accounts.seats AS seats,
    accounts.signed_up AS signed_up,
    accounts.mood AS mood,
    accounts.trained AS trained,
    accounts.used AS used,
    (SELECT csms.csm_id FROM csms WHERE csms.csm_id = nullif(accounts.csm_id, '')) AS parent__csm,
    band_before__health.band AS band_before__health,
    accounts.used AS own__used,
    accounts.seats AS own__seats,
    accounts.mood AS own__mood,
    accounts.trained AS own__trained,
    accounts.signed_up AS own__signed_up,
    (CAST(nullif(nullif(surveys__after_2025_03_31_to_2026_03_31.survey__sum, 9e999), -9e999) AS REAL) / nullif(surveys__after_2025_03_31_to_2026_03_31.survey__n, 0)) AS survey,
    coalesce(surveys__after_2025_03_31_to_2026_03_31.survey__n, 0) AS survey__n,
    date(surveys__after_2025_03_31_to_2026_03_31.survey__newest - 0.5) AS survey__newest
  FROM accounts
  LEFT JOIN scratch.parts__surveys__after_2025_03_31_to_2026_03_31__account AS surveys__after_2025_03_31_to_2026_03_31 ON surveys__after_2025_03_31_to_2026_03_31.key = accounts.account_id
  LEFT JOIN scratch.bands_before AS band_before__health ON band_before__health.series = 'health' AND band_before__health.key = accounts.account_id
),
-- metrics computed from others
level__formulas_1 AS (
  SELECT
    "key",
    label,
    status,
    segment,
    target,
    seats,
    signed_up,
    mood,
    trained,
    used,
    parent__csm,
    band_before__health,
    survey,
    survey__n,
    survey__newest,
    nullif(nullif(own__used / nullif(own__seats, 0.0), 9e999), -9e999) AS use,
    NULL AS use__n,
    NULL AS use__newest,
    own__mood AS enterprise__said,
    NULL AS enterprise__said__n,
    NULL AS enterprise__said__newest,
    own__trained AS enterprise__trained,
    NULL AS enterprise__trained__n,
    NULL AS enterprise__trained__newest,
    (julianday('2026-03-31') - julianday(own__signed_up)) AS enterprise__age,
    NULL AS enterprise__age__n,
    NULL AS enterprise__age__newest,
    own__seats AS others__people,
    NULL AS others__people__n,
    NULL AS others__people__newest,
    own__mood AS others__said,
    NULL AS others__said__n,
    NULL AS others__said__newest
  FROM level__facts
)
-- one value row for each account
SELECT
  "key",
  label,
  use,
  use__n,
  use__newest,
  survey,
  survey__n,
  survey__newest,
  enterprise__said,
  enterprise__said__n,
  enterprise__said__newest,
  enterprise__trained,
  enterprise__trained__n,
  enterprise__trained__newest,
  enterprise__age,
  enterprise__age__n,
  enterprise__age__newest,
  others__people,
  others__people__n,
  others__people__newest,
  others__said,
  others__said__n,
  others__said__newest,
  status,
  segment,
  target,
  seats,
  signed_up,
  mood,
  trained,
  used,
  parent__csm,
  band_before__health
FROM level__formulas_1;

-- values -> judgements of enterprise
INSERT INTO scratch.scores_enterprise (
  "key", label, outcome, score, score_before_guards, band, coverage, adoption, mood, people, growth, seats, goal,
  survey, said, trained, age, standing, guards, guards__unjudged, reasons, reason_1, reason_2, reason_3
)
WITH
-- what is scored, rounded once
level__measured AS (
  SELECT
    v.key AS row__key,
    v.label AS row__label,
    CASE WHEN (v.status = 'live') IS NOT TRUE THEN 'not_eligible' WHEN (v.segment = 'enterprise') IS NOT TRUE THEN 'not_applicable' ELSE 'ok' END AS row__state,
    v.band_before__health AS row__band_before,
    round(v.use * 1e9) / 1e9 AS x__seats,
    round(v.use * 1e9) / 1e9 AS x__goal,
    nullif(nullif(round((v.target) * 1e9) / 1e9, 9e999), -9e999) AS number__goal__0,
    CASE WHEN v.survey__n >= 2.0 THEN round(v.survey * 1e9) / 1e9 END AS x__survey,
    CASE WHEN v.survey__newest <= '2025-12-31' THEN 1 ELSE 0 END AS stale__survey,
    v.enterprise__said AS x__said,
    v.enterprise__trained AS x__trained,
    CASE WHEN (v.seats > 1.0) IS FALSE THEN 0 ELSE 1 END AS on__age,
    CASE WHEN (v.seats > 1.0) THEN round(v.enterprise__age * 1e9) / 1e9 END AS x__age,
    round(v.use * 1e9) / 1e9 AS x__standing,
    v.parent__csm AS parent__csm,
    v.seats >= 100.0 AND v.use < 0.1 AS guard__large,
    (julianday('2026-03-31') - julianday(v.signed_up)) < 60.0 AS guard__new,
    v.mood = 'gone' AS guard__gone,
    v.segment AS value__segment,
    v.target AS value__target,
    v.seats AS value__seats,
    v.use AS value__use,
    v.signed_up AS value__signed_up,
    v.mood AS value__mood
  FROM scratch.values_account AS v
  LIMIT -1 OFFSET 0
),
-- scales: value -> points
level__points AS (
  SELECT
    row__key,
    row__label,
    row__state,
    row__band_before,
    on__age,
    guard__large,
    guard__new,
    guard__gone,
    max(0.0, min(100.0, 100.0 * (x__seats - 0.2) / nullif(0.9 - 0.2, 0.0))) AS points__seats,
    max(0.0, min(110.0, 100.0 * (x__goal - 0.1) / nullif(number__goal__0 - 0.1, 0.0))) AS points__goal,
    CASE WHEN stale__survey = 0 THEN CASE WHEN x__survey IS NULL THEN NULL WHEN x__survey < 6.0 THEN 0.0 WHEN x__survey < 8.0 THEN 50.0 ELSE 100.0 END END AS points__survey,
    CASE WHEN x__said IS NULL THEN NULL WHEN x__said = 'green' THEN 100.0 WHEN x__said = 'yellow' THEN 50.0 WHEN x__said = 'red' THEN 0.0 ELSE NULL END AS points__said,
    CASE WHEN x__trained IS NULL THEN NULL WHEN x__trained = TRUE THEN 100.0 WHEN x__trained = FALSE THEN 0.0 ELSE NULL END AS points__trained,
    CASE WHEN x__age IS NULL THEN NULL WHEN x__age <= 30.0 THEN 100.0 WHEN x__age <= 90.0 THEN 50.0 ELSE 0.0 END AS points__age,
    CASE WHEN x__standing IS NOT NULL AND row__state = 'ok' AND parent__csm IS NOT NULL AND count(*) OVER (PARTITION BY parent__csm, x__standing IS NOT NULL AND row__state = 'ok' AND parent__csm IS NOT NULL) >= 5 THEN 100.0 * (rank() OVER (PARTITION BY parent__csm, x__standing IS NOT NULL AND row__state = 'ok' AND parent__csm IS NOT NULL ORDER BY x__standing) - 1) / nullif(count(*) OVER (PARTITION BY parent__csm, x__standing IS NOT NULL AND row__state = 'ok' AND parent__csm IS NOT NULL) - 1, 0) END AS points__standing
  FROM level__measured
  LIMIT -1 OFFSET 0
),
-- stand-ins for missing data
level__combined AS (
  SELECT
    row__key,
    row__label,
    row__state,
    row__band_before,
    on__age,
    guard__large,
    guard__new,
    guard__gone,
    points__seats,
    points__goal,
    points__survey,
    points__said,
    points__trained,
    points__age,
    points__standing,
    coalesce(points__goal, 50.0) AS p__goal,
    coalesce(points__trained, 0.0) AS p__trained
  FROM level__points
  LIMIT -1 OFFSET 0
),
-- groups: adoption, people
level__groups_1 AS (
  SELECT
    row__key,
    row__label,
    row__state,
    row__band_before,
    on__age,
    guard__large,
    guard__new,
    guard__gone,
    points__seats,
    points__goal,
    points__survey,
    points__said,
    points__trained,
    points__age,
    points__standing,
    p__goal,
    p__trained,
    (coalesce(60.0 * points__seats, 0.0) + coalesce(40.0 * p__goal, 0.0)) / nullif(CASE WHEN points__seats IS NULL THEN 0.0 ELSE 60.0 END + CASE WHEN p__goal IS NULL THEN 0.0 ELSE 40.0 END, 0.0) AS points__adoption,
    CASE WHEN points__seats IS NULL THEN 0.0 ELSE 60.0 END + CASE WHEN p__goal IS NULL THEN 0.0 ELSE 40.0 END AS weight__adoption,
    coalesce((60.0 * CASE WHEN points__seats IS NOT NULL THEN 1.0 ELSE 0.0 END + 40.0 * CASE WHEN points__goal IS NOT NULL THEN 1.0 ELSE 0.0 END) / nullif(60.0 + 40.0, 0.0), 0.0) AS cover__adoption,
    nullif(max(coalesce(points__said, -9e999), coalesce(p__trained, -9e999)), -9e999) AS points__people,
    coalesce((1.0 * CASE WHEN points__said IS NOT NULL THEN 1.0 ELSE 0.0 END + 1.0 * CASE WHEN points__trained IS NOT NULL THEN 1.0 ELSE 0.0 END) / nullif(1.0 + 1.0, 0.0), 0.0) AS cover__people
  FROM level__combined
  LIMIT -1 OFFSET 0
),
-- groups: mood, growth
level__groups_2 AS (
  SELECT
    row__key,
    row__label,
    row__state,
    row__band_before,
    guard__large,
    guard__new,
    guard__gone,
    points__seats,
    points__goal,
    points__survey,
    points__said,
    points__trained,
    points__age,
    points__standing,
    p__goal,
    p__trained,
    points__adoption,
    weight__adoption,
    cover__adoption,
    points__people,
    nullif(min(coalesce(points__people, 9e999), coalesce(points__survey, 9e999)), 9e999) AS points__mood,
    coalesce((20.0 * cover__people + 1.0 * CASE WHEN points__survey IS NOT NULL THEN 1.0 ELSE 0.0 END) / nullif(20.0 + 1.0, 0.0), 0.0) AS cover__mood,
    (coalesce(1.0 * points__age, 0.0) + coalesce(1.0 * points__standing, 0.0)) / nullif(CASE WHEN points__age IS NULL THEN 0.0 ELSE 1.0 END + CASE WHEN points__standing IS NULL THEN 0.0 ELSE 1.0 END, 0.0) AS raw__growth,
    CASE WHEN points__age IS NULL THEN 0.0 ELSE 1.0 END + CASE WHEN points__standing IS NULL THEN 0.0 ELSE 1.0 END AS weight__growth,
    coalesce((CASE WHEN on__age = 1 THEN 1.0 * CASE WHEN points__age IS NOT NULL THEN 1.0 ELSE 0.0 END ELSE 0.0 END + 1.0 * CASE WHEN points__standing IS NOT NULL THEN 1.0 ELSE 0.0 END) / nullif(CASE WHEN on__age = 1 THEN 1.0 ELSE 0.0 END + 1.0, 0.0), 0.0) AS cover__growth
  FROM level__groups_1
  LIMIT -1 OFFSET 0
),
-- gates
level__gates_2 AS (
  SELECT
    row__key,
    row__label,
    row__state,
    row__band_before,
    guard__large,
    guard__new,
    guard__gone,
    points__seats,
    points__goal,
    points__survey,
    points__said,
    points__trained,
    points__age,
    points__standing,
    p__goal,
    p__trained,
    points__adoption,
    weight__adoption,
    cover__adoption,
    points__people,
    points__mood,
    cover__mood,
    raw__growth,
    weight__growth,
    cover__growth,
    CASE WHEN ((round(points__adoption * 1e9) / 1e9) >= 50.0) IS FALSE THEN min((round(raw__growth * 1e9) / 1e9), 20.0) ELSE raw__growth END AS points__growth,
    CASE WHEN ((round(points__adoption * 1e9) / 1e9) >= 50.0) IS FALSE THEN 0 WHEN ((round(points__adoption * 1e9) / 1e9) >= 50.0) THEN 1 END AS open__growth
  FROM level__groups_2
  LIMIT -1 OFFSET 0
),
-- the whole scorecard
level__total AS (
  SELECT
    row__key,
    row__label,
    row__state,
    row__band_before,
    guard__large,
    guard__new,
    guard__gone,
    points__seats,
    points__goal,
    points__survey,
    points__said,
    points__trained,
    points__age,
    points__standing,
    p__goal,
    p__trained,
    points__adoption,
    weight__adoption,
    points__people,
    points__mood,
    raw__growth,
    weight__growth,
    points__growth,
    (coalesce(40.0 * points__adoption, 0.0) + coalesce(30.0 * points__mood, 0.0) + coalesce(10.0 * points__growth, 0.0)) / nullif(CASE WHEN points__adoption IS NULL THEN 0.0 ELSE 40.0 END + CASE WHEN points__mood IS NULL THEN 0.0 ELSE 30.0 END + CASE WHEN points__growth IS NULL THEN 0.0 ELSE 10.0 END, 0.0) AS total__raw,
    coalesce(coalesce((40.0 * cover__adoption + 30.0 * cover__mood + 10.0 * cover__growth) / nullif(40.0 + 30.0 + 10.0, 0.0), 0.0), 0.0) AS total__coverage,
    CASE WHEN points__adoption IS NULL THEN 0.0 ELSE 40.0 END + CASE WHEN points__mood IS NULL THEN 0.0 ELSE 30.0 END + CASE WHEN points__growth IS NULL THEN 0.0 ELSE 10.0 END AS total__weight
  FROM level__gates_2
  LIMIT -1 OFFSET 0
),
-- enough data for a score?
level__before_guards AS (
  SELECT
    row__key,
    row__label,
    row__state,
    row__band_before,
    guard__large,
    guard__new,
    guard__gone,
    points__seats,
    points__goal,
    points__survey,
    points__said,
    points__trained,
    points__age,
    points__standing,
    p__goal,
    p__trained,
    points__adoption,
    weight__adoption,
    points__people,
    points__mood,
    raw__growth,
    weight__growth,
    points__growth,
    total__coverage,
    total__weight,
    CASE WHEN row__state = 'ok' AND total__coverage > 0.0 AND (round(total__coverage * 1e9) / 1e9) >= 0.4 THEN round(total__raw * 1e9) / 1e9 END AS total__before
  FROM level__total
  LIMIT -1 OFFSET 0
),
-- guards that look at points
level__judged AS (
  SELECT
    row__key,
    row__label,
    row__state,
    row__band_before,
    guard__large,
    guard__new,
    guard__gone,
    points__seats,
    points__goal,
    points__survey,
    points__said,
    points__trained,
    points__age,
    points__standing,
    p__goal,
    p__trained,
    points__adoption,
    weight__adoption,
    points__people,
    points__mood,
    raw__growth,
    weight__growth,
    points__growth,
    total__coverage,
    total__weight,
    total__before,
    (round(points__adoption * 1e9) / 1e9) > 95.0 AS guard__ripe
  FROM level__before_guards
  LIMIT -1 OFFSET 0
),
-- which member a worst or best group took
level__carriers AS (
  SELECT
    row__key,
    row__label,
    row__state,
    row__band_before,
    guard__large,
    guard__new,
    guard__gone,
    points__seats,
    points__goal,
    points__survey,
    points__said,
    points__trained,
    points__age,
    points__standing,
    p__goal,
    p__trained,
    points__adoption,
    weight__adoption,
    points__people,
    points__mood,
    raw__growth,
    weight__growth,
    points__growth,
    total__coverage,
    total__weight,
    total__before,
    guard__ripe,
    CASE WHEN points__people = points__mood THEN 'people' WHEN points__survey = points__mood THEN 'survey' END AS carrier__mood,
    CASE WHEN points__said = points__people THEN 'said' WHEN p__trained = points__people THEN 'trained' END AS carrier__people
  FROM level__judged
  LIMIT -1 OFFSET 0
),
-- how much of the score hangs on each
level__shares_1 AS (
  SELECT
    row__key,
    row__label,
    row__state,
    row__band_before,
    guard__large,
    guard__new,
    guard__gone,
    points__seats,
    points__goal,
    points__survey,
    points__said,
    points__trained,
    points__age,
    points__standing,
    p__goal,
    p__trained,
    points__adoption,
    weight__adoption,
    points__people,
    points__mood,
    raw__growth,
    weight__growth,
    points__growth,
    total__coverage,
    total__before,
    guard__ripe,
    carrier__mood,
    carrier__people,
    CASE WHEN points__adoption IS NOT NULL THEN 1.0 * 40.0 / total__weight END AS share__adoption,
    CASE WHEN points__mood IS NOT NULL THEN 1.0 * 30.0 / total__weight END AS share__mood,
    CASE WHEN points__growth IS NOT NULL THEN 1.0 * 10.0 / total__weight END AS share__growth
  FROM level__carriers
  LIMIT -1 OFFSET 0
),
-- how much of the score hangs on each
level__shares_2 AS (
  SELECT
    row__key,
    row__label,
    row__state,
    row__band_before,
    guard__large,
    guard__new,
    guard__gone,
    points__seats,
    points__goal,
    points__survey,
    points__said,
    points__trained,
    points__age,
    points__standing,
    p__goal,
    p__trained,
    points__adoption,
    points__people,
    points__mood,
    raw__growth,
    points__growth,
    total__coverage,
    total__before,
    guard__ripe,
    carrier__people,
    share__growth,
    CASE WHEN points__seats IS NOT NULL THEN share__adoption * 60.0 / weight__adoption END AS share__seats,
    CASE WHEN p__goal IS NOT NULL THEN share__adoption * 40.0 / weight__adoption END AS share__goal,
    CASE WHEN carrier__mood = 'people' THEN share__mood ELSE 0.0 END AS share__people,
    CASE WHEN carrier__mood = 'survey' THEN share__mood ELSE 0.0 END AS share__survey,
    CASE WHEN points__age IS NOT NULL THEN share__growth * 1.0 / weight__growth END AS share__age,
    CASE WHEN points__standing IS NOT NULL THEN share__growth * 1.0 / weight__growth END AS share__standing
  FROM level__shares_1
  LIMIT -1 OFFSET 0
),
-- how much of the score hangs on each
level__shares_3 AS (
  SELECT
    row__key,
    row__label,
    row__state,
    row__band_before,
    guard__large,
    guard__new,
    guard__gone,
    points__seats,
    points__goal,
    points__survey,
    points__said,
    points__trained,
    points__age,
    points__standing,
    p__goal,
    p__trained,
    points__adoption,
    points__people,
    points__mood,
    raw__growth,
    points__growth,
    total__coverage,
    total__before,
    guard__ripe,
    share__growth,
    share__seats,
    share__goal,
    share__survey,
    share__age,
    share__standing,
    CASE WHEN carrier__people = 'said' THEN share__people ELSE 0.0 END AS share__said,
    CASE WHEN carrier__people = 'trained' THEN share__people ELSE 0.0 END AS share__trained
  FROM level__shares_2
),
-- points of the score that each cost
level__lost AS (
  SELECT
    row__key,
    row__label,
    row__state,
    row__band_before,
    guard__large,
    guard__new,
    guard__gone,
    points__seats,
    points__goal,
    points__survey,
    points__said,
    points__trained,
    points__age,
    points__standing,
    points__adoption,
    points__people,
    points__mood,
    points__growth,
    total__coverage,
    total__before,
    guard__ripe,
    share__seats * (100.0 - points__seats) AS lost__seats,
    share__goal * (100.0 - p__goal) AS lost__goal,
    share__survey * (100.0 - points__survey) AS lost__survey,
    share__said * (100.0 - points__said) AS lost__said,
    share__trained * (100.0 - p__trained) AS lost__trained,
    share__age * (100.0 - points__age) AS lost__age,
    share__standing * (100.0 - points__standing) AS lost__standing,
    share__growth * (raw__growth - points__growth) AS lost__growth
  FROM level__shares_3
),
-- lowest set, then highest floor, then lowest cap
level__set AS (
  SELECT
    row__key,
    row__label,
    row__state,
    row__band_before,
    guard__large,
    guard__new,
    guard__gone,
    points__seats,
    points__goal,
    points__survey,
    points__said,
    points__trained,
    points__age,
    points__standing,
    points__adoption,
    points__people,
    points__mood,
    points__growth,
    total__coverage,
    total__before,
    guard__ripe,
    lost__seats,
    lost__goal,
    lost__survey,
    lost__said,
    lost__trained,
    lost__age,
    lost__standing,
    lost__growth,
    min(max(CASE WHEN row__state = 'ok' THEN coalesce(nullif(CASE WHEN guard__gone THEN coalesce(0.0, 9e999) ELSE 9e999 END, 9e999), total__before) END, CASE WHEN guard__new THEN coalesce(50.0, -9e999) ELSE -9e999 END), CASE WHEN guard__large THEN coalesce(40.0, 9e999) ELSE 9e999 END) AS total__guarded
  FROM level__lost
),
-- the score
level__score AS (
  SELECT
    row__key,
    row__label,
    row__state,
    row__band_before,
    guard__large,
    guard__new,
    guard__gone,
    points__seats,
    points__goal,
    points__survey,
    points__said,
    points__trained,
    points__age,
    points__standing,
    points__adoption,
    points__people,
    points__mood,
    points__growth,
    total__coverage,
    total__before,
    guard__ripe,
    lost__seats,
    lost__goal,
    lost__survey,
    lost__said,
    lost__trained,
    lost__age,
    lost__standing,
    lost__growth,
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
    row__band_before,
    guard__large,
    guard__new,
    guard__gone,
    points__seats,
    points__goal,
    points__survey,
    points__said,
    points__trained,
    points__age,
    points__standing,
    points__adoption,
    points__people,
    points__mood,
    points__growth,
    total__coverage,
    total__before,
    guard__ripe,
    total__score,
    CASE WHEN total__before IS NOT NULL THEN (SELECT json_group_array(json_object('measure', measure, 'points', points, 'lost', lost)) FROM (
      SELECT measure, points, lost FROM (
        SELECT 'seats' AS measure, points__seats AS points, round(lost__seats * 1e9) / 1e9 AS lost, 0 AS position
        UNION ALL SELECT 'goal', points__goal, round(lost__goal * 1e9) / 1e9, 1
        UNION ALL SELECT 'survey', points__survey, round(lost__survey * 1e9) / 1e9, 2
        UNION ALL SELECT 'said', points__said, round(lost__said * 1e9) / 1e9, 3
        UNION ALL SELECT 'trained', points__trained, round(lost__trained * 1e9) / 1e9, 4
        UNION ALL SELECT 'age', points__age, round(lost__age * 1e9) / 1e9, 5
        UNION ALL SELECT 'standing', points__standing, round(lost__standing * 1e9) / 1e9, 6
        UNION ALL SELECT 'growth', points__growth, round(lost__growth * 1e9) / 1e9, 7
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
  CASE WHEN total__score IS NOT NULL THEN CASE row__band_before WHEN 'at_risk' THEN CASE WHEN total__score >= 73.0 THEN 'healthy' WHEN total__score >= 48.0 THEN 'watch' ELSE 'at_risk' END WHEN 'watch' THEN CASE WHEN total__score >= 73.0 THEN 'healthy' WHEN total__score >= 42.0 THEN 'watch' ELSE 'at_risk' END WHEN 'healthy' THEN CASE WHEN total__score >= 67.0 THEN 'healthy' WHEN total__score >= 42.0 THEN 'watch' ELSE 'at_risk' END ELSE CASE WHEN total__score >= 70.0 THEN 'healthy' WHEN total__score >= 45.0 THEN 'watch' ELSE 'at_risk' END END END AS band,
  CASE WHEN row__state = 'ok' THEN total__coverage END AS coverage,
  CASE WHEN row__state = 'ok' THEN points__adoption END AS adoption,
  CASE WHEN row__state = 'ok' THEN points__mood END AS mood,
  CASE WHEN row__state = 'ok' THEN points__people END AS people,
  CASE WHEN row__state = 'ok' THEN points__growth END AS growth,
  CASE WHEN row__state = 'ok' THEN points__seats END AS seats,
  CASE WHEN row__state = 'ok' THEN points__goal END AS goal,
  CASE WHEN row__state = 'ok' THEN points__survey END AS survey,
  CASE WHEN row__state = 'ok' THEN points__said END AS said,
  CASE WHEN row__state = 'ok' THEN points__trained END AS trained,
  CASE WHEN row__state = 'ok' THEN points__age END AS age,
  CASE WHEN row__state = 'ok' THEN points__standing END AS standing,
  '[' || substr(CASE WHEN row__state = 'ok' AND guard__large AND total__score IS NOT NULL THEN ',"large"' ELSE '' END || CASE WHEN row__state = 'ok' AND guard__new AND total__score IS NOT NULL THEN ',"new"' ELSE '' END || CASE WHEN row__state = 'ok' AND guard__gone THEN ',"gone"' ELSE '' END || CASE WHEN row__state = 'ok' AND guard__ripe THEN ',"ripe"' ELSE '' END, 2) || ']' AS guards,
  '[' || substr(CASE WHEN row__state = 'ok' AND (guard__large IS NULL) THEN ',"large"' ELSE '' END || CASE WHEN row__state = 'ok' AND (guard__new IS NULL) THEN ',"new"' ELSE '' END || CASE WHEN row__state = 'ok' AND (guard__gone IS NULL) THEN ',"gone"' ELSE '' END || CASE WHEN row__state = 'ok' AND (guard__ripe IS NULL) THEN ',"ripe"' ELSE '' END, 2) || ']' AS guards__unjudged,
  total__reasons AS reasons,
  CASE json_extract(total__reasons, '$[0].measure') WHEN 'seats' THEN 'Few seats are in use' WHEN 'goal' THEN 'goal' WHEN 'survey' THEN 'survey' WHEN 'said' THEN 'said' WHEN 'trained' THEN 'trained' WHEN 'age' THEN 'age' WHEN 'standing' THEN 'standing' WHEN 'growth' THEN 'growth: the gate is closed' END AS reason_1,
  CASE json_extract(total__reasons, '$[1].measure') WHEN 'seats' THEN 'Few seats are in use' WHEN 'goal' THEN 'goal' WHEN 'survey' THEN 'survey' WHEN 'said' THEN 'said' WHEN 'trained' THEN 'trained' WHEN 'age' THEN 'age' WHEN 'standing' THEN 'standing' WHEN 'growth' THEN 'growth: the gate is closed' END AS reason_2,
  CASE json_extract(total__reasons, '$[2].measure') WHEN 'seats' THEN 'Few seats are in use' WHEN 'goal' THEN 'goal' WHEN 'survey' THEN 'survey' WHEN 'said' THEN 'said' WHEN 'trained' THEN 'trained' WHEN 'age' THEN 'age' WHEN 'standing' THEN 'standing' WHEN 'growth' THEN 'growth: the gate is closed' END AS reason_3
FROM level__reasons;

-- values -> judgements of others
INSERT INTO scratch.scores_others (
  "key", label, outcome, score, score_before_guards, band, coverage, usage, seats, people, said, guards,
  guards__unjudged, reasons, reason_1, reason_2, reason_3
)
WITH
-- what is scored, rounded once
level__measured AS (
  SELECT
    v.key AS row__key,
    v.label AS row__label,
    CASE WHEN (v.status = 'live') IS NOT TRUE THEN 'not_eligible' WHEN v.segment = 'enterprise' THEN 'not_applicable' ELSE 'ok' END AS row__state,
    round(v.use * 1e9) / 1e9 AS x__seats,
    round(v.others__people * 1e9) / 1e9 AS x__people,
    v.others__said AS x__said
  FROM scratch.values_account AS v
  LIMIT -1 OFFSET 0
),
-- scales: value -> points
level__points AS (
  SELECT
    row__key,
    row__label,
    row__state,
    max(0.0, min(100.0, CASE WHEN x__seats IS NULL THEN NULL WHEN x__seats <= 0.0 THEN 0.0 WHEN x__seats < 0.5 THEN 0.0 + (60.0 - 0.0) * (x__seats - 0.0) / (0.5 - 0.0) WHEN x__seats < 1.0 THEN 60.0 + (100.0 - 60.0) * (x__seats - 0.5) / (1.0 - 0.5) ELSE 100.0 END)) AS points__seats,
    max(0.0, min(100.0, 100.0 * (x__people - 0.0) / nullif(100.0 - 0.0, 0.0))) AS points__people,
    CASE WHEN x__said IS NULL THEN NULL WHEN x__said = 'green' THEN 100.0 ELSE 0.0 END AS points__said
  FROM level__measured
  LIMIT -1 OFFSET 0
),
-- groups: usage
level__groups_1 AS (
  SELECT
    row__key,
    row__label,
    row__state,
    points__seats,
    points__people,
    points__said,
    min(CASE WHEN coalesce(points__seats, points__people) IS NOT NULL THEN coalesce((0.0 + 25.0 * points__seats / 100.0), 0.0) + coalesce((0.0 + 15.0 * points__people / 100.0), 0.0) END, 30.0) AS points__usage
  FROM level__points
  LIMIT -1 OFFSET 0
),
-- the whole scorecard
level__total AS (
  SELECT
    row__key,
    row__label,
    row__state,
    points__seats,
    points__people,
    points__said,
    points__usage,
    max(0.0, min(100.0, 50.0 + coalesce(CASE WHEN coalesce(points__usage, points__said) IS NOT NULL THEN coalesce(points__usage, 0.0) + coalesce((-30.0 + 50.0 * points__said / 100.0), 0.0) END, 0.0))) AS total__raw,
    coalesce((25.0 * CASE WHEN points__seats IS NOT NULL THEN 1.0 ELSE 0.0 END + 15.0 * CASE WHEN points__people IS NOT NULL THEN 1.0 ELSE 0.0 END + 30.0 * CASE WHEN points__said IS NOT NULL THEN 1.0 ELSE 0.0 END) / nullif(25.0 + 15.0 + 30.0, 0.0), 0.0) AS total__coverage
  FROM level__groups_1
  LIMIT -1 OFFSET 0
),
-- enough data for a score?
level__before_guards AS (
  SELECT
    row__key,
    row__label,
    row__state,
    points__seats,
    points__people,
    points__said,
    points__usage,
    total__coverage,
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
    points__seats,
    points__people,
    points__said,
    points__usage,
    total__coverage,
    total__before,
    CASE WHEN points__usage IS NOT NULL THEN 1.0 END AS share__usage,
    CASE WHEN points__said IS NOT NULL THEN 1.0 END AS share__said
  FROM level__before_guards
),
-- how much of the score hangs on each
level__shares_2 AS (
  SELECT
    row__key,
    row__label,
    row__state,
    points__seats,
    points__people,
    points__said,
    points__usage,
    total__coverage,
    total__before,
    share__said,
    CASE WHEN points__seats IS NOT NULL THEN 1.0 END AS share__seats,
    CASE WHEN points__people IS NOT NULL THEN 1.0 END AS share__people
  FROM level__shares_1
),
-- points of the score that each cost
level__lost AS (
  SELECT
    row__key,
    row__label,
    row__state,
    points__seats,
    points__people,
    points__said,
    points__usage,
    total__coverage,
    total__before,
    share__seats * (25.0 - 25.0 * points__seats / 100.0) AS lost__seats,
    share__people * (15.0 - 15.0 * points__people / 100.0) AS lost__people,
    share__said * (50.0 - 50.0 * points__said / 100.0) AS lost__said
  FROM level__shares_2
),
-- lowest set, then highest floor, then lowest cap
level__set AS (
  SELECT
    row__key,
    row__label,
    row__state,
    points__seats,
    points__people,
    points__said,
    points__usage,
    total__coverage,
    total__before,
    lost__seats,
    lost__people,
    lost__said,
    total__before AS total__guarded
  FROM level__lost
),
-- the score
level__score AS (
  SELECT
    row__key,
    row__label,
    row__state,
    points__seats,
    points__people,
    points__said,
    points__usage,
    total__coverage,
    total__before,
    lost__seats,
    lost__people,
    lost__said,
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
    points__seats,
    points__people,
    points__said,
    points__usage,
    total__coverage,
    total__before,
    total__score,
    CASE WHEN total__before IS NOT NULL THEN (SELECT json_group_array(json_object('measure', measure, 'points', points, 'lost', lost)) FROM (
      SELECT measure, points, lost FROM (
        SELECT 'seats' AS measure, points__seats AS points, round(lost__seats * 1e9) / 1e9 AS lost, 0 AS position
        UNION ALL SELECT 'people', points__people, round(lost__people * 1e9) / 1e9, 1
        UNION ALL SELECT 'said', points__said, round(lost__said * 1e9) / 1e9, 2
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
  CASE WHEN total__score IS NOT NULL THEN CASE WHEN total__score >= 70.0 THEN 'healthy' WHEN total__score >= 45.0 THEN 'watch' ELSE 'at_risk' END END AS band,
  CASE WHEN row__state = 'ok' THEN total__coverage END AS coverage,
  CASE WHEN row__state = 'ok' THEN points__usage END AS usage,
  CASE WHEN row__state = 'ok' THEN points__seats END AS seats,
  CASE WHEN row__state = 'ok' THEN points__people END AS people,
  CASE WHEN row__state = 'ok' THEN points__said END AS said,
  '[]' AS guards,
  '[]' AS guards__unjudged,
  total__reasons AS reasons,
  CASE json_extract(total__reasons, '$[0].measure') WHEN 'seats' THEN 'seats' WHEN 'people' THEN 'people' WHEN 'said' THEN 'said' END AS reason_1,
  CASE json_extract(total__reasons, '$[1].measure') WHEN 'seats' THEN 'seats' WHEN 'people' THEN 'people' WHEN 'said' THEN 'said' END AS reason_2,
  CASE json_extract(total__reasons, '$[2].measure') WHEN 'seats' THEN 'seats' WHEN 'people' THEN 'people' WHEN 'said' THEN 'said' END AS reason_3
FROM level__reasons;

-- finding: enterprise.said has no points for this value
SELECT count(*), min(v.enterprise__said) FROM scratch.values_account AS v JOIN scratch.scores_enterprise AS s ON s.key = v.key
WHERE v.enterprise__said NOT IN ('green', 'yellow', 'red') AND s.outcome IN ('scored', 'insufficient_data');

-- finding: enterprise.goal gives no points where a number of its scale has no data, or the numbers make no scale
WITH
level__measured AS (
  SELECT
    v.key AS row__key,
    v.label AS row__label,
    CASE WHEN (v.status = 'live') IS NOT TRUE THEN 'not_eligible' WHEN (v.segment = 'enterprise') IS NOT TRUE THEN 'not_applicable' ELSE 'ok' END AS row__state,
    v.band_before__health AS row__band_before,
    round(v.use * 1e9) / 1e9 AS x__seats,
    round(v.use * 1e9) / 1e9 AS x__goal,
    nullif(nullif(round((v.target) * 1e9) / 1e9, 9e999), -9e999) AS number__goal__0,
    CASE WHEN v.survey__n >= 2.0 THEN round(v.survey * 1e9) / 1e9 END AS x__survey,
    CASE WHEN v.survey__newest <= '2025-12-31' THEN 1 ELSE 0 END AS stale__survey,
    v.enterprise__said AS x__said,
    v.enterprise__trained AS x__trained,
    CASE WHEN (v.seats > 1.0) IS FALSE THEN 0 ELSE 1 END AS on__age,
    CASE WHEN (v.seats > 1.0) THEN round(v.enterprise__age * 1e9) / 1e9 END AS x__age,
    round(v.use * 1e9) / 1e9 AS x__standing,
    v.parent__csm AS parent__csm,
    v.seats >= 100.0 AND v.use < 0.1 AS guard__large,
    (julianday('2026-03-31') - julianday(v.signed_up)) < 60.0 AS guard__new,
    v.mood = 'gone' AS guard__gone,
    v.segment AS value__segment,
    v.target AS value__target,
    v.seats AS value__seats,
    v.use AS value__use,
    v.signed_up AS value__signed_up,
    v.mood AS value__mood
  FROM scratch.values_account AS v
  LIMIT -1 OFFSET 0
)
SELECT
  count(*) AS many,
  min(row__key) AS example
FROM level__measured
WHERE row__state = 'ok' AND x__goal IS NOT NULL AND (number__goal__0 IS NOT NULL AND number__goal__0 <> 0.1) IS NOT TRUE;

-- finding: enterprise applies together with another scorecard of the family health at the same priority
SELECT count(*), min(key) FROM scratch.scores_enterprise WHERE outcome = 'error';

-- finding: others applies together with another scorecard of the family health at the same priority
SELECT count(*), min(key) FROM scratch.scores_others WHERE outcome = 'error';
