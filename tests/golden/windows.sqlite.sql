-- windows.toml, sqlite, as of 2026-03-31

-- facts -> parts: usage, one pass for each account: active_users
INSERT INTO scratch.parts__usage__after_2026_03_03_to_2026_03_31__account (
  "key", active_users__count_distinct, active_users__rows, active_users__n, active_users__newest
)
SELECT
  subscriptions.account_id AS "key",
  count(DISTINCT usage.user_id) FILTER (WHERE (usage.events > 0.0 AND nullif(usage.day, '') >= subscriptions.start_date)) AS active_users__count_distinct,
  count(*) FILTER (WHERE (usage.events > 0.0 AND nullif(usage.day, '') >= subscriptions.start_date)) AS active_users__rows,
  count(usage.user_id) FILTER (WHERE (usage.events > 0.0 AND nullif(usage.day, '') >= subscriptions.start_date)) AS active_users__n,
  max(usage._day) FILTER (WHERE (usage.events > 0.0 AND nullif(usage.day, '') >= subscriptions.start_date) AND usage.user_id IS NOT NULL) AS active_users__newest
FROM subscriptions
CROSS JOIN usage ON subscriptions.subscription_id = usage.subscription_id
WHERE usage.day <= '2026-03-31' AND usage.day > '2026-03-03' AND subscriptions.account_id IS NOT NULL
GROUP BY subscriptions.account_id;

-- facts -> parts: usage, one pass for each account: events
INSERT INTO scratch.parts__usage__after_2025_12_31_to_2026_03_31__account (
  "key", events__sum, events__rows, events__n, events__newest
)
SELECT
  subscriptions.account_id AS "key",
  sum(usage.events) AS events__sum,
  count(*) AS events__rows,
  count(usage.events) AS events__n,
  max(usage._day) FILTER (WHERE usage.events IS NOT NULL) AS events__newest
FROM subscriptions
CROSS JOIN usage ON subscriptions.subscription_id = usage.subscription_id
WHERE usage.day <= '2026-03-31' AND usage.day > '2025-12-31' AND subscriptions.account_id IS NOT NULL
GROUP BY subscriptions.account_id;

-- facts -> parts: subscriptions, one pass for each account: arr, arr__ago_12_months
INSERT INTO scratch.parts__subscriptions__all__account (
  "key", arr__sum, arr__rows, arr__n, arr__ago_12_months__sum, arr__ago_12_months__rows, arr__ago_12_months__n
)
SELECT
  subscriptions.account_id AS "key",
  sum(subscriptions.arr) FILTER (WHERE ((subscriptions.start_date IS NULL OR subscriptions.start_date <= '2026-03-31') AND (subscriptions.end_date IS NULL OR subscriptions.end_date > '2026-03-30'))) AS arr__sum,
  count(*) FILTER (WHERE ((subscriptions.start_date IS NULL OR subscriptions.start_date <= '2026-03-31') AND (subscriptions.end_date IS NULL OR subscriptions.end_date > '2026-03-30'))) AS arr__rows,
  count(subscriptions.arr) FILTER (WHERE ((subscriptions.start_date IS NULL OR subscriptions.start_date <= '2026-03-31') AND (subscriptions.end_date IS NULL OR subscriptions.end_date > '2026-03-30'))) AS arr__n,
  sum(subscriptions.arr) FILTER (WHERE ((subscriptions.start_date IS NULL OR subscriptions.start_date <= '2025-03-31') AND (subscriptions.end_date IS NULL OR subscriptions.end_date > '2025-03-30'))) AS arr__ago_12_months__sum,
  count(*) FILTER (WHERE ((subscriptions.start_date IS NULL OR subscriptions.start_date <= '2025-03-31') AND (subscriptions.end_date IS NULL OR subscriptions.end_date > '2025-03-30'))) AS arr__ago_12_months__rows,
  count(subscriptions.arr) FILTER (WHERE ((subscriptions.start_date IS NULL OR subscriptions.start_date <= '2025-03-31') AND (subscriptions.end_date IS NULL OR subscriptions.end_date > '2025-03-30'))) AS arr__ago_12_months__n
FROM subscriptions
WHERE subscriptions.account_id IS NOT NULL
GROUP BY subscriptions.account_id;

-- facts -> parts: tickets, one pass for each account: open_tickets, stars
INSERT INTO scratch.parts__tickets__all__account (
  "key", open_tickets__n, open_tickets__newest, stars__latest, stars__n, stars__newest
)
SELECT
  tickets.account_id AS "key",
  count(*) FILTER (WHERE CASE WHEN tickets.closed_at < '2026-03-31 22:00:00' THEN tickets.closed_at END IS NULL) AS open_tickets__n,
  max(tickets.opened_at) FILTER (WHERE CASE WHEN tickets.closed_at < '2026-03-31 22:00:00' THEN tickets.closed_at END IS NULL) AS open_tickets__newest,
  tp_latest(tickets.stars, nullif(tickets.opened_at, ''), tickets.ticket_id) FILTER (WHERE (round((julianday(CASE WHEN tickets.closed_at < '2026-03-31 22:00:00' THEN tickets.closed_at END) - julianday(nullif(tickets.opened_at, ''))) * 86400000.0) / 3600000.0) < 100.0 AND tickets.stars IS NOT NULL AND nullif(tickets.opened_at, '') IS NOT NULL) AS stars__latest,
  count(tickets.stars) FILTER (WHERE (round((julianday(CASE WHEN tickets.closed_at < '2026-03-31 22:00:00' THEN tickets.closed_at END) - julianday(nullif(tickets.opened_at, ''))) * 86400000.0) / 3600000.0) < 100.0) AS stars__n,
  max(tickets.opened_at) FILTER (WHERE (round((julianday(CASE WHEN tickets.closed_at < '2026-03-31 22:00:00' THEN tickets.closed_at END) - julianday(nullif(tickets.opened_at, ''))) * 86400000.0) / 3600000.0) < 100.0 AND tickets.stars IS NOT NULL) AS stars__newest
FROM tickets
WHERE tickets.recorded_at < '2026-03-31 22:00:00' AND tickets.account_id IS NOT NULL
GROUP BY tickets.account_id;

-- facts -> parts: tickets, one pass for each account: quick_share
INSERT INTO scratch.parts__tickets__after_2025_12_31_to_2026_03_31__account (
  "key", quick_share__true, quick_share__n, quick_share__newest
)
SELECT
  accounts.account_id AS "key",
  count(*) FILTER (WHERE (tickets.hours <= 8.0)) AS quick_share__true,
  count(*) AS quick_share__n,
  max(tickets.opened_at) AS quick_share__newest
FROM accounts
CROSS JOIN tickets ON accounts.account_id = tickets.account_id
WHERE tickets.opened_at < '2026-03-31 22:00:00' AND tickets.opened_at >= '2025-12-31 23:00:00' AND tickets.recorded_at < '2026-03-31 22:00:00' AND accounts.account_id IS NOT NULL
GROUP BY accounts.account_id;

-- facts -> parts: tickets, one pass for each account: p90_hours
INSERT INTO scratch.parts__tickets__after_2025_03_31_to_2026_03_31__account (
  "key", p90_hours__percentile, p90_hours__n, p90_hours__newest
)
SELECT
  accounts.account_id AS "key",
  tp_percentile(tickets.hours, 0.9) AS p90_hours__percentile,
  count(tickets.hours) AS p90_hours__n,
  max(tickets.opened_at) FILTER (WHERE tickets.hours IS NOT NULL) AS p90_hours__newest
FROM accounts
CROSS JOIN tickets ON accounts.account_id = tickets.account_id
WHERE tickets.opened_at < '2026-03-31 22:00:00' AND tickets.opened_at >= '2025-03-31 22:00:00' AND tickets.recorded_at < '2026-03-31 22:00:00' AND accounts.account_id IS NOT NULL
GROUP BY accounts.account_id;

-- facts -> parts: usage, one pass for each account: active_users__previous
INSERT INTO scratch.parts__usage__after_2026_02_03_to_2026_03_03__account (
  "key", active_users__previous__count_distinct, active_users__previous__rows, active_users__previous__n,
  active_users__previous__newest
)
SELECT
  subscriptions.account_id AS "key",
  count(DISTINCT usage.user_id) FILTER (WHERE (usage.events > 0.0 AND nullif(usage.day, '') >= subscriptions.start_date)) AS active_users__previous__count_distinct,
  count(*) FILTER (WHERE (usage.events > 0.0 AND nullif(usage.day, '') >= subscriptions.start_date)) AS active_users__previous__rows,
  count(usage.user_id) FILTER (WHERE (usage.events > 0.0 AND nullif(usage.day, '') >= subscriptions.start_date)) AS active_users__previous__n,
  max(usage._day) FILTER (WHERE (usage.events > 0.0 AND nullif(usage.day, '') >= subscriptions.start_date) AND usage.user_id IS NOT NULL) AS active_users__previous__newest
FROM subscriptions
CROSS JOIN usage ON subscriptions.subscription_id = usage.subscription_id
WHERE usage.day <= '2026-03-03' AND usage.day > '2026-02-03' AND subscriptions.account_id IS NOT NULL
GROUP BY subscriptions.account_id;

-- facts -> values of account
INSERT INTO scratch.values_account (
  "key", label, active_users, active_users__n, active_users__newest, events, events__n, events__newest, arr, arr__n,
  arr__newest, open_tickets, open_tickets__n, open_tickets__newest, quick_share, quick_share__n, quick_share__newest,
  stars, stars__n, stars__newest, p90_hours, p90_hours__n, p90_hours__newest, seat_use, seat_use__n, seat_use__newest,
  active_users__previous, active_users__previous__n, active_users__previous__newest, trend, trend__n, trend__newest,
  arr__ago_12_months, arr__ago_12_months__n, arr__ago_12_months__newest, arr_growth, arr_growth__n,
  arr_growth__newest, signed_up, seats
)
WITH
-- each account with what was counted
level__facts AS (
  SELECT
    accounts.account_id AS "key",
    coalesce(accounts.name, accounts.account_id) AS label,
    accounts.signed_up AS signed_up,
    accounts.seats AS seats,
    accounts.seats AS own__seats,
    CASE WHEN accounts.signed_up > '2026-03-04' THEN NULL ELSE CASE WHEN usage__after_2026_03_03_to_2026_03_31.active_users__rows > 0 THEN nullif(usage__after_2026_03_03_to_2026_03_31.active_users__count_distinct, 0) ELSE 0.0 END END AS active_users,
    coalesce(usage__after_2026_03_03_to_2026_03_31.active_users__n, 0) AS active_users__n,
    date(usage__after_2026_03_03_to_2026_03_31.active_users__newest - 0.5) AS active_users__newest,
    CASE WHEN accounts.signed_up > '2026-01-01' THEN NULL ELSE CASE WHEN usage__after_2025_12_31_to_2026_03_31.events__rows > 0 THEN usage__after_2025_12_31_to_2026_03_31.events__sum ELSE 0.0 END END AS events,
    coalesce(usage__after_2025_12_31_to_2026_03_31.events__n, 0) AS events__n,
    date(usage__after_2025_12_31_to_2026_03_31.events__newest - 0.5) AS events__newest,
    CASE WHEN subscriptions__all.arr__rows > 0 THEN nullif(nullif(subscriptions__all.arr__sum, 9e999), -9e999) ELSE 0.0 END AS arr,
    coalesce(subscriptions__all.arr__n, 0) AS arr__n,
    NULL AS arr__newest,
    CASE WHEN accounts.signed_up > '2025-03-31' THEN NULL ELSE CASE WHEN subscriptions__all.arr__ago_12_months__rows > 0 THEN nullif(nullif(subscriptions__all.arr__ago_12_months__sum, 9e999), -9e999) ELSE 0.0 END END AS arr__ago_12_months,
    coalesce(subscriptions__all.arr__ago_12_months__n, 0) AS arr__ago_12_months__n,
    NULL AS arr__ago_12_months__newest,
    CASE WHEN tickets__all.open_tickets__n > 0 THEN nullif(tickets__all.open_tickets__n, 0) ELSE 0.0 END AS open_tickets,
    coalesce(tickets__all.open_tickets__n, 0) AS open_tickets__n,
    tp_as_day(nullif(tickets__all.open_tickets__newest, '')) AS open_tickets__newest,
    tickets__all.stars__latest AS stars,
    coalesce(tickets__all.stars__n, 0) AS stars__n,
    tp_as_day(nullif(tickets__all.stars__newest, '')) AS stars__newest,
    CASE WHEN accounts.signed_up > '2026-01-01' THEN NULL ELSE (CAST(tickets__after_2025_12_31_to_2026_03_31.quick_share__true AS REAL) / nullif(tickets__after_2025_12_31_to_2026_03_31.quick_share__n, 0)) END AS quick_share,
    coalesce(tickets__after_2025_12_31_to_2026_03_31.quick_share__n, 0) AS quick_share__n,
    tp_as_day(tickets__after_2025_12_31_to_2026_03_31.quick_share__newest) AS quick_share__newest,
    CASE WHEN accounts.signed_up > '2025-04-01' THEN NULL ELSE tickets__after_2025_03_31_to_2026_03_31.p90_hours__percentile END AS p90_hours,
    coalesce(tickets__after_2025_03_31_to_2026_03_31.p90_hours__n, 0) AS p90_hours__n,
    tp_as_day(tickets__after_2025_03_31_to_2026_03_31.p90_hours__newest) AS p90_hours__newest,
    CASE WHEN accounts.signed_up > '2026-02-04' THEN NULL ELSE CASE WHEN usage__after_2026_02_03_to_2026_03_03.active_users__previous__rows > 0 THEN nullif(usage__after_2026_02_03_to_2026_03_03.active_users__previous__count_distinct, 0) ELSE 0.0 END END AS active_users__previous,
    coalesce(usage__after_2026_02_03_to_2026_03_03.active_users__previous__n, 0) AS active_users__previous__n,
    date(usage__after_2026_02_03_to_2026_03_03.active_users__previous__newest - 0.5) AS active_users__previous__newest
  FROM accounts
  LEFT JOIN scratch.parts__usage__after_2026_03_03_to_2026_03_31__account AS usage__after_2026_03_03_to_2026_03_31 ON usage__after_2026_03_03_to_2026_03_31.key = accounts.account_id
  LEFT JOIN scratch.parts__usage__after_2025_12_31_to_2026_03_31__account AS usage__after_2025_12_31_to_2026_03_31 ON usage__after_2025_12_31_to_2026_03_31.key = accounts.account_id
  LEFT JOIN scratch.parts__subscriptions__all__account AS subscriptions__all ON subscriptions__all.key = accounts.account_id
  LEFT JOIN scratch.parts__tickets__all__account AS tickets__all ON tickets__all.key = accounts.account_id
  LEFT JOIN scratch.parts__tickets__after_2025_12_31_to_2026_03_31__account AS tickets__after_2025_12_31_to_2026_03_31 ON tickets__after_2025_12_31_to_2026_03_31.key = accounts.account_id
  LEFT JOIN scratch.parts__tickets__after_2025_03_31_to_2026_03_31__account AS tickets__after_2025_03_31_to_2026_03_31 ON tickets__after_2025_03_31_to_2026_03_31.key = accounts.account_id
  LEFT JOIN scratch.parts__usage__after_2026_02_03_to_2026_03_03__account AS usage__after_2026_02_03_to_2026_03_03 ON usage__after_2026_02_03_to_2026_03_03.key = accounts.account_id
  LIMIT -1 OFFSET 0
),
-- metrics computed from others
level__formulas_1 AS (
  SELECT
    "key",
    label,
    signed_up,
    seats,
    active_users,
    active_users__n,
    active_users__newest,
    events,
    events__n,
    events__newest,
    arr,
    arr__n,
    arr__newest,
    arr__ago_12_months,
    arr__ago_12_months__n,
    arr__ago_12_months__newest,
    open_tickets,
    open_tickets__n,
    open_tickets__newest,
    stars,
    stars__n,
    stars__newest,
    quick_share,
    quick_share__n,
    quick_share__newest,
    p90_hours,
    p90_hours__n,
    p90_hours__newest,
    active_users__previous,
    active_users__previous__n,
    active_users__previous__newest,
    nullif(nullif(CAST(active_users AS REAL) / nullif(own__seats, 0.0), 9e999), -9e999) AS seat_use,
    active_users__n AS seat_use__n,
    nullif(coalesce(active_users__newest, '9999'), '9999') AS seat_use__newest,
    nullif(nullif(CAST(active_users AS REAL) / nullif(active_users__previous, 0.0) - 1.0, 9e999), -9e999) AS trend,
    min(active_users__n, active_users__previous__n) AS trend__n,
    nullif(coalesce(active_users__newest, '9999'), '9999') AS trend__newest,
    nullif(nullif(CASE arr__ago_12_months > 0.0 WHEN TRUE THEN arr / nullif(arr__ago_12_months, 0.0) - 1.0 WHEN FALSE THEN NULL END, 9e999), -9e999) AS arr_growth,
    min(arr__ago_12_months__n, arr__n) AS arr_growth__n,
    nullif(coalesce(arr__newest, '9999'), '9999') AS arr_growth__newest
  FROM level__facts
)
-- one value row for each account
SELECT
  "key",
  label,
  active_users,
  active_users__n,
  active_users__newest,
  events,
  events__n,
  events__newest,
  arr,
  arr__n,
  arr__newest,
  open_tickets,
  open_tickets__n,
  open_tickets__newest,
  quick_share,
  quick_share__n,
  quick_share__newest,
  stars,
  stars__n,
  stars__newest,
  p90_hours,
  p90_hours__n,
  p90_hours__newest,
  seat_use,
  seat_use__n,
  seat_use__newest,
  active_users__previous,
  active_users__previous__n,
  active_users__previous__newest,
  trend,
  trend__n,
  trend__newest,
  arr__ago_12_months,
  arr__ago_12_months__n,
  arr__ago_12_months__newest,
  arr_growth,
  arr_growth__n,
  arr_growth__newest,
  signed_up,
  seats
FROM level__formulas_1;

-- facts -> parts: usage, merged from the parts of each account for each csm: events
INSERT INTO scratch.parts__usage__after_2025_12_31_to_2026_03_31__csm (
  "key", events__sum, events__rows, events__n, events__newest
)
SELECT
  accounts.csm_id AS "key",
  sum(finer.events__sum) AS events__sum,
  sum(finer.events__rows) AS events__rows,
  sum(finer.events__n) AS events__n,
  max(finer.events__newest) AS events__newest
FROM scratch.parts__usage__after_2025_12_31_to_2026_03_31__account AS finer
JOIN accounts ON accounts.account_id = finer.key
WHERE accounts.csm_id IS NOT NULL
GROUP BY accounts.csm_id;

-- facts -> parts: subscriptions, merged from the parts of each account for each csm: arr
INSERT INTO scratch.parts__subscriptions__all__csm (
  "key", arr__sum, arr__rows, arr__n
)
SELECT
  accounts.csm_id AS "key",
  sum(finer.arr__sum) AS arr__sum,
  sum(finer.arr__rows) AS arr__rows,
  sum(finer.arr__n) AS arr__n
FROM scratch.parts__subscriptions__all__account AS finer
JOIN accounts ON accounts.account_id = finer.key
WHERE accounts.csm_id IS NOT NULL
GROUP BY accounts.csm_id;

-- facts -> parts: tickets, merged from the parts of each account for each csm: open_tickets
INSERT INTO scratch.parts__tickets__all__csm (
  "key", open_tickets__n, open_tickets__newest
)
SELECT
  accounts.csm_id AS "key",
  sum(finer.open_tickets__n) AS open_tickets__n,
  max(finer.open_tickets__newest) AS open_tickets__newest
FROM scratch.parts__tickets__all__account AS finer
JOIN accounts ON accounts.account_id = finer.key
WHERE accounts.csm_id IS NOT NULL
GROUP BY accounts.csm_id;

-- facts -> parts: tickets, merged from the parts of each account for each csm: quick_share
INSERT INTO scratch.parts__tickets__after_2025_12_31_to_2026_03_31__csm (
  "key", quick_share__true, quick_share__n, quick_share__newest
)
SELECT
  accounts.csm_id AS "key",
  sum(finer.quick_share__true) AS quick_share__true,
  sum(finer.quick_share__n) AS quick_share__n,
  max(finer.quick_share__newest) AS quick_share__newest
FROM scratch.parts__tickets__after_2025_12_31_to_2026_03_31__account AS finer
JOIN accounts ON accounts.account_id = finer.key
WHERE accounts.csm_id IS NOT NULL
GROUP BY accounts.csm_id;

-- facts -> values of csm
INSERT INTO scratch.values_csm (
  "key", label, events, events__n, events__newest, arr, arr__n, arr__newest, open_tickets, open_tickets__n,
  open_tickets__newest, quick_share, quick_share__n, quick_share__newest
)
WITH
-- each csm with what was counted
level__facts AS (
  SELECT
    csms.csm_id AS "key",
    csms.csm_id AS label,
    CASE WHEN usage__after_2025_12_31_to_2026_03_31.events__rows > 0 THEN usage__after_2025_12_31_to_2026_03_31.events__sum ELSE 0.0 END AS events,
    coalesce(usage__after_2025_12_31_to_2026_03_31.events__n, 0) AS events__n,
    date(usage__after_2025_12_31_to_2026_03_31.events__newest - 0.5) AS events__newest,
    CASE WHEN subscriptions__all.arr__rows > 0 THEN nullif(nullif(subscriptions__all.arr__sum, 9e999), -9e999) ELSE 0.0 END AS arr,
    coalesce(subscriptions__all.arr__n, 0) AS arr__n,
    NULL AS arr__newest,
    CASE WHEN tickets__all.open_tickets__n > 0 THEN nullif(tickets__all.open_tickets__n, 0) ELSE 0.0 END AS open_tickets,
    coalesce(tickets__all.open_tickets__n, 0) AS open_tickets__n,
    tp_as_day(nullif(tickets__all.open_tickets__newest, '')) AS open_tickets__newest,
    (CAST(tickets__after_2025_12_31_to_2026_03_31.quick_share__true AS REAL) / nullif(tickets__after_2025_12_31_to_2026_03_31.quick_share__n, 0)) AS quick_share,
    coalesce(tickets__after_2025_12_31_to_2026_03_31.quick_share__n, 0) AS quick_share__n,
    tp_as_day(tickets__after_2025_12_31_to_2026_03_31.quick_share__newest) AS quick_share__newest
  FROM csms
  LEFT JOIN scratch.parts__usage__after_2025_12_31_to_2026_03_31__csm AS usage__after_2025_12_31_to_2026_03_31 ON usage__after_2025_12_31_to_2026_03_31.key = csms.csm_id
  LEFT JOIN scratch.parts__subscriptions__all__csm AS subscriptions__all ON subscriptions__all.key = csms.csm_id
  LEFT JOIN scratch.parts__tickets__all__csm AS tickets__all ON tickets__all.key = csms.csm_id
  LEFT JOIN scratch.parts__tickets__after_2025_12_31_to_2026_03_31__csm AS tickets__after_2025_12_31_to_2026_03_31 ON tickets__after_2025_12_31_to_2026_03_31.key = csms.csm_id
)
-- one value row for each csm
SELECT
  "key",
  label,
  events,
  events__n,
  events__newest,
  arr,
  arr__n,
  arr__newest,
  open_tickets,
  open_tickets__n,
  open_tickets__newest,
  quick_share,
  quick_share__n,
  quick_share__newest
FROM level__facts;

-- facts -> parts: subscriptions, one pass for each company: arr, arr__ago_12_months
INSERT INTO scratch.parts__subscriptions__all__company (
  "key", arr__sum, arr__rows, arr__n, arr__ago_12_months__sum, arr__ago_12_months__rows, arr__ago_12_months__n
)
SELECT
  'company' AS "key",
  sum(subscriptions.arr) FILTER (WHERE ((subscriptions.start_date IS NULL OR subscriptions.start_date <= '2026-03-31') AND (subscriptions.end_date IS NULL OR subscriptions.end_date > '2026-03-30'))) AS arr__sum,
  count(*) FILTER (WHERE ((subscriptions.start_date IS NULL OR subscriptions.start_date <= '2026-03-31') AND (subscriptions.end_date IS NULL OR subscriptions.end_date > '2026-03-30'))) AS arr__rows,
  count(subscriptions.arr) FILTER (WHERE ((subscriptions.start_date IS NULL OR subscriptions.start_date <= '2026-03-31') AND (subscriptions.end_date IS NULL OR subscriptions.end_date > '2026-03-30'))) AS arr__n,
  sum(subscriptions.arr) FILTER (WHERE ((subscriptions.start_date IS NULL OR subscriptions.start_date <= '2025-03-31') AND (subscriptions.end_date IS NULL OR subscriptions.end_date > '2025-03-30'))) AS arr__ago_12_months__sum,
  count(*) FILTER (WHERE ((subscriptions.start_date IS NULL OR subscriptions.start_date <= '2025-03-31') AND (subscriptions.end_date IS NULL OR subscriptions.end_date > '2025-03-30'))) AS arr__ago_12_months__rows,
  count(subscriptions.arr) FILTER (WHERE ((subscriptions.start_date IS NULL OR subscriptions.start_date <= '2025-03-31') AND (subscriptions.end_date IS NULL OR subscriptions.end_date > '2025-03-30'))) AS arr__ago_12_months__n
FROM subscriptions;

-- facts -> values of company
INSERT INTO scratch.values_company (
  "key", label, arr, arr__n, arr__newest, arr__ago_12_months, arr__ago_12_months__n, arr__ago_12_months__newest,
  arr_growth, arr_growth__n, arr_growth__newest
)
WITH
-- each company with what was counted
level__facts AS (
  SELECT
    'company' AS "key",
    'company' AS label,
    CASE WHEN subscriptions__all.arr__rows > 0 THEN nullif(nullif(subscriptions__all.arr__sum, 9e999), -9e999) ELSE 0.0 END AS arr,
    coalesce(subscriptions__all.arr__n, 0) AS arr__n,
    NULL AS arr__newest,
    CASE WHEN subscriptions__all.arr__ago_12_months__rows > 0 THEN nullif(nullif(subscriptions__all.arr__ago_12_months__sum, 9e999), -9e999) ELSE 0.0 END AS arr__ago_12_months,
    coalesce(subscriptions__all.arr__ago_12_months__n, 0) AS arr__ago_12_months__n,
    NULL AS arr__ago_12_months__newest
  FROM (SELECT 1)
  LEFT JOIN scratch.parts__subscriptions__all__company AS subscriptions__all ON subscriptions__all.key = 'company'
  LIMIT -1 OFFSET 0
),
-- metrics computed from others
level__formulas_1 AS (
  SELECT
    "key",
    label,
    arr,
    arr__n,
    arr__newest,
    arr__ago_12_months,
    arr__ago_12_months__n,
    arr__ago_12_months__newest,
    nullif(nullif(CASE arr__ago_12_months > 0.0 WHEN TRUE THEN arr / nullif(arr__ago_12_months, 0.0) - 1.0 WHEN FALSE THEN NULL END, 9e999), -9e999) AS arr_growth,
    min(arr__ago_12_months__n, arr__n) AS arr_growth__n,
    nullif(coalesce(arr__newest, '9999'), '9999') AS arr_growth__newest
  FROM level__facts
)
-- one value row for each company
SELECT
  "key",
  label,
  arr,
  arr__n,
  arr__newest,
  arr__ago_12_months,
  arr__ago_12_months__n,
  arr__ago_12_months__newest,
  arr_growth,
  arr_growth__n,
  arr_growth__newest
FROM level__formulas_1;

-- finding: subscription no account is known ('account_id')
SELECT count(*) OVER (), key, parent
FROM (SELECT subscriptions.subscription_id AS key, nullif(subscriptions.account_id, '') AS parent
FROM subscriptions
WHERE NOT EXISTS (SELECT 1 FROM accounts WHERE accounts.account_id = subscriptions.account_id))
ORDER BY parent IS NULL, key
LIMIT 1;

-- finding: account no csm is known ('csm_id')
SELECT count(*) OVER (), key, parent
FROM (SELECT accounts.account_id AS key, nullif(accounts.csm_id, '') AS parent
FROM accounts
WHERE NOT EXISTS (SELECT 1 FROM csms WHERE csms.csm_id = accounts.csm_id))
ORDER BY parent IS NULL, key
LIMIT 1;
