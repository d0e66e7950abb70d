-- rollups.toml, sqlite, as of 2026-03-31

-- facts -> parts: contracts, one pass for each account: arr, arr__ago_12_months
INSERT INTO scratch.parts__contracts__all__account (
  "key", arr__sum, arr__rows, arr__n, arr__ago_12_months__sum, arr__ago_12_months__rows, arr__ago_12_months__n
)
SELECT
  contracts.account_id AS "key",
  sum(contracts.arr) FILTER (WHERE ((contracts.start_date IS NULL OR contracts.start_date <= '2026-03-31') AND (contracts.end_date IS NULL OR contracts.end_date > '2026-03-30'))) AS arr__sum,
  count(*) FILTER (WHERE ((contracts.start_date IS NULL OR contracts.start_date <= '2026-03-31') AND (contracts.end_date IS NULL OR contracts.end_date > '2026-03-30'))) AS arr__rows,
  count(contracts.arr) FILTER (WHERE ((contracts.start_date IS NULL OR contracts.start_date <= '2026-03-31') AND (contracts.end_date IS NULL OR contracts.end_date > '2026-03-30'))) AS arr__n,
  sum(contracts.arr) FILTER (WHERE ((contracts.start_date IS NULL OR contracts.start_date <= '2025-03-31') AND (contracts.end_date IS NULL OR contracts.end_date > '2025-03-30'))) AS arr__ago_12_months__sum,
  count(*) FILTER (WHERE ((contracts.start_date IS NULL OR contracts.start_date <= '2025-03-31') AND (contracts.end_date IS NULL OR contracts.end_date > '2025-03-30'))) AS arr__ago_12_months__rows,
  count(contracts.arr) FILTER (WHERE ((contracts.start_date IS NULL OR contracts.start_date <= '2025-03-31') AND (contracts.end_date IS NULL OR contracts.end_date > '2025-03-30'))) AS arr__ago_12_months__n
FROM contracts
WHERE contracts.account_id IS NOT NULL
GROUP BY contracts.account_id;

-- facts -> values of account
INSERT INTO scratch.values_account__0 (
  "key", label, arr, arr__n, arr__newest, arr__ago_12_months, arr__ago_12_months__n, arr__ago_12_months__newest,
  arr_year_ago, arr_year_ago__n, arr_year_ago__newest, seats, segment, signed_up, seats__ago_12_months, parent__csm
)
WITH
-- each account with what was counted
level__facts AS (
  SELECT
    accounts.account_id AS "key",
    accounts.account_id AS label,
    accounts.seats AS seats,
    accounts.segment AS segment,
    accounts.signed_up AS signed_up,
    accounts.seats AS seats__ago_12_months,
    (SELECT csms.csm_id FROM csms WHERE csms.csm_id = nullif(accounts.csm_id, '')) AS parent__csm,
    CASE WHEN contracts__all.arr__rows > 0 THEN nullif(nullif(contracts__all.arr__sum, 9e999), -9e999) ELSE 0.0 END AS arr,
    coalesce(contracts__all.arr__n, 0) AS arr__n,
    NULL AS arr__newest,
    CASE WHEN contracts__all.arr__ago_12_months__rows > 0 THEN nullif(nullif(contracts__all.arr__ago_12_months__sum, 9e999), -9e999) ELSE 0.0 END AS arr__ago_12_months,
    coalesce(contracts__all.arr__ago_12_months__n, 0) AS arr__ago_12_months__n,
    NULL AS arr__ago_12_months__newest
  FROM accounts
  LEFT JOIN scratch.parts__contracts__all__account AS contracts__all ON contracts__all.key = accounts.account_id
  LIMIT -1 OFFSET 0
),
-- metrics computed from others
level__formulas_1 AS (
  SELECT
    "key",
    label,
    seats,
    segment,
    signed_up,
    seats__ago_12_months,
    parent__csm,
    arr,
    arr__n,
    arr__newest,
    arr__ago_12_months,
    arr__ago_12_months__n,
    arr__ago_12_months__newest,
    arr__ago_12_months AS arr_year_ago,
    arr__ago_12_months__n AS arr_year_ago__n,
    NULL AS arr_year_ago__newest
  FROM level__facts
)
-- one value row for each account
SELECT
  "key",
  label,
  arr,
  arr__n,
  arr__newest,
  arr__ago_12_months,
  arr__ago_12_months__n,
  arr__ago_12_months__newest,
  arr_year_ago,
  arr_year_ago__n,
  arr_year_ago__newest,
  seats,
  segment,
  signed_up,
  seats__ago_12_months,
  parent__csm
FROM level__formulas_1;

-- values -> judgements of health
INSERT INTO scratch.scores_health (
  "key", label, outcome, score, score_before_guards, band, coverage, arr, guards, guards__unjudged, reasons, reason_1,
  reason_2, reason_3
)
WITH
-- what is scored, rounded once
level__measured AS (
  SELECT
    v.key AS row__key,
    v.label AS row__label,
    'ok' AS row__state,
    round(v.arr * 1e9) / 1e9 AS x__arr,
    v.seats > 100.0 AS guard__x,
    v.seats AS value__seats
  FROM scratch.values_account__0 AS v
  LIMIT -1 OFFSET 0
),
-- scales: value -> points
level__points AS (
  SELECT
    row__key,
    row__label,
    row__state,
    guard__x,
    max(0.0, min(100.0, 100.0 * (x__arr - 0.0) / nullif(200.0 - 0.0, 0.0))) AS points__arr
  FROM level__measured
  LIMIT -1 OFFSET 0
),
-- the whole scorecard
level__total AS (
  SELECT
    row__key,
    row__label,
    row__state,
    guard__x,
    points__arr,
    (coalesce(1.0 * points__arr, 0.0)) / nullif(CASE WHEN points__arr IS NULL THEN 0.0 ELSE 1.0 END, 0.0) AS total__raw,
    coalesce(coalesce((1.0 * CASE WHEN points__arr IS NOT NULL THEN 1.0 ELSE 0.0 END) / nullif(1.0, 0.0), 0.0), 0.0) AS total__coverage,
    CASE WHEN points__arr IS NULL THEN 0.0 ELSE 1.0 END AS total__weight
  FROM level__points
  LIMIT -1 OFFSET 0
),
-- enough data for a score?
level__before_guards AS (
  SELECT
    row__key,
    row__label,
    row__state,
    guard__x,
    points__arr,
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
    guard__x,
    points__arr,
    total__coverage,
    total__before,
    CASE WHEN points__arr IS NOT NULL THEN 1.0 * 1.0 / total__weight END AS share__arr
  FROM level__before_guards
),
-- points of the score that each cost
level__lost AS (
  SELECT
    row__key,
    row__label,
    row__state,
    guard__x,
    points__arr,
    total__coverage,
    total__before,
    share__arr * (100.0 - points__arr) AS lost__arr
  FROM level__shares_1
),
-- lowest set, then highest floor, then lowest cap
level__set AS (
  SELECT
    row__key,
    row__label,
    row__state,
    guard__x,
    points__arr,
    total__coverage,
    total__before,
    lost__arr,
    min(total__before, CASE WHEN guard__x THEN coalesce(10.0, 9e999) ELSE 9e999 END) AS total__guarded
  FROM level__lost
),
-- the score
level__score AS (
  SELECT
    row__key,
    row__label,
    row__state,
    guard__x,
    points__arr,
    total__coverage,
    total__before,
    lost__arr,
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
    guard__x,
    points__arr,
    total__coverage,
    total__before,
    total__score,
    CASE WHEN total__before IS NOT NULL THEN (SELECT json_group_array(json_object('measure', measure, 'points', points, 'lost', lost)) FROM (
      SELECT measure, points, lost FROM (
        SELECT 'arr' AS measure, points__arr AS points, round(lost__arr * 1e9) / 1e9 AS lost, 0 AS position
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
  CASE WHEN total__score IS NOT NULL THEN CASE WHEN total__score >= 50.0 THEN 'good' ELSE 'bad' END END AS band,
  CASE WHEN row__state = 'ok' THEN total__coverage END AS coverage,
  CASE WHEN row__state = 'ok' THEN points__arr END AS arr,
  '[' || substr(CASE WHEN row__state = 'ok' AND guard__x AND total__score IS NOT NULL THEN ',"x"' ELSE '' END, 2) || ']' AS guards,
  '[' || substr(CASE WHEN row__state = 'ok' AND (guard__x IS NULL) THEN ',"x"' ELSE '' END, 2) || ']' AS guards__unjudged,
  total__reasons AS reasons,
  CASE json_extract(total__reasons, '$[0].measure') WHEN 'arr' THEN 'arr' END AS reason_1,
  CASE json_extract(total__reasons, '$[1].measure') WHEN 'arr' THEN 'arr' END AS reason_2,
  CASE json_extract(total__reasons, '$[2].measure') WHEN 'arr' THEN 'arr' END AS reason_3
FROM level__reasons;

-- facts -> values of account
INSERT INTO scratch.values_account (
  "key", label, arr, arr__n, arr__newest, arr__ago_12_months, arr__ago_12_months__n, arr__ago_12_months__newest,
  arr_year_ago, arr_year_ago__n, arr_year_ago__newest, weighted, weighted__n, weighted__newest, risk__s, risk__s__n,
  risk__s__newest, seats, segment, signed_up, seats__ago_12_months, health__score, health__band, parent__csm
)
WITH
-- each account with its scores
level__before AS (
  SELECT
    before."key" AS "key",
    before.label AS label,
    before.arr AS arr,
    before.arr__n AS arr__n,
    before.arr__newest AS arr__newest,
    before.arr__ago_12_months AS arr__ago_12_months,
    before.arr__ago_12_months__n AS arr__ago_12_months__n,
    before.arr__ago_12_months__newest AS arr__ago_12_months__newest,
    before.arr_year_ago AS arr_year_ago,
    before.arr_year_ago__n AS arr_year_ago__n,
    before.arr_year_ago__newest AS arr_year_ago__newest,
    before.seats AS seats,
    before.segment AS segment,
    before.signed_up AS signed_up,
    before.seats__ago_12_months AS seats__ago_12_months,
    before.parent__csm AS parent__csm,
    scores_health.score AS health__score,
    scores_health.band AS health__band
  FROM scratch.values_account__0 AS before
  JOIN scratch.scores_health ON scores_health.key = before.key
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
    arr_year_ago,
    arr_year_ago__n,
    arr_year_ago__newest,
    seats,
    segment,
    signed_up,
    seats__ago_12_months,
    parent__csm,
    health__score,
    health__band,
    nullif(nullif(health__score * arr, 9e999), -9e999) AS weighted,
    arr__n AS weighted__n,
    nullif(coalesce(arr__newest, '9999'), '9999') AS weighted__newest,
    nullif(nullif(health__score, 9e999), -9e999) AS risk__s,
    NULL AS risk__s__n,
    NULL AS risk__s__newest
  FROM level__before
)
-- one value row for each account
SELECT
  "key",
  label,
  arr,
  arr__n,
  arr__newest,
  arr__ago_12_months,
  arr__ago_12_months__n,
  arr__ago_12_months__newest,
  arr_year_ago,
  arr_year_ago__n,
  arr_year_ago__newest,
  weighted,
  weighted__n,
  weighted__newest,
  risk__s,
  risk__s__n,
  risk__s__newest,
  seats,
  segment,
  signed_up,
  seats__ago_12_months,
  health__score,
  health__band,
  parent__csm
FROM level__formulas_1;

-- values -> judgements of risk
INSERT INTO scratch.scores_risk (
  "key", label, outcome, score, score_before_guards, band, coverage, w, s, guards, guards__unjudged, reasons,
  reason_1, reason_2, reason_3
)
WITH
-- what is scored, rounded once
level__measured AS (
  SELECT
    v.key AS row__key,
    v.label AS row__label,
    'ok' AS row__state,
    round(v.weighted * 1e9) / 1e9 AS x__w,
    round(v.risk__s * 1e9) / 1e9 AS x__s,
    v.health__band = 'bad' AS guard__x,
    v.health__band AS value__health__band
  FROM scratch.values_account AS v
  LIMIT -1 OFFSET 0
),
-- scales: value -> points
level__points AS (
  SELECT
    row__key,
    row__label,
    row__state,
    guard__x,
    max(0.0, min(100.0, 100.0 * (x__w - 0.0) / nullif(20000.0 - 0.0, 0.0))) AS points__w,
    max(0.0, min(100.0, 100.0 * (x__s - 0.0) / nullif(100.0 - 0.0, 0.0))) AS points__s
  FROM level__measured
  LIMIT -1 OFFSET 0
),
-- the whole scorecard
level__total AS (
  SELECT
    row__key,
    row__label,
    row__state,
    guard__x,
    points__w,
    points__s,
    (coalesce(1.0 * points__w, 0.0) + coalesce(1.0 * points__s, 0.0)) / nullif(CASE WHEN points__w IS NULL THEN 0.0 ELSE 1.0 END + CASE WHEN points__s IS NULL THEN 0.0 ELSE 1.0 END, 0.0) AS total__raw,
    coalesce(coalesce((1.0 * CASE WHEN points__w IS NOT NULL THEN 1.0 ELSE 0.0 END + 1.0 * CASE WHEN points__s IS NOT NULL THEN 1.0 ELSE 0.0 END) / nullif(1.0 + 1.0, 0.0), 0.0), 0.0) AS total__coverage,
    CASE WHEN points__w IS NULL THEN 0.0 ELSE 1.0 END + CASE WHEN points__s IS NULL THEN 0.0 ELSE 1.0 END AS total__weight
  FROM level__points
  LIMIT -1 OFFSET 0
),
-- enough data for a score?
level__before_guards AS (
  SELECT
    row__key,
    row__label,
    row__state,
    guard__x,
    points__w,
    points__s,
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
    guard__x,
    points__w,
    points__s,
    total__coverage,
    total__before,
    CASE WHEN points__w IS NOT NULL THEN 1.0 * 1.0 / total__weight END AS share__w,
    CASE WHEN points__s IS NOT NULL THEN 1.0 * 1.0 / total__weight END AS share__s
  FROM level__before_guards
),
-- points of the score that each cost
level__lost AS (
  SELECT
    row__key,
    row__label,
    row__state,
    guard__x,
    points__w,
    points__s,
    total__coverage,
    total__before,
    share__w * (100.0 - points__w) AS lost__w,
    share__s * (100.0 - points__s) AS lost__s
  FROM level__shares_1
),
-- lowest set, then highest floor, then lowest cap
level__set AS (
  SELECT
    row__key,
    row__label,
    row__state,
    guard__x,
    points__w,
    points__s,
    total__coverage,
    total__before,
    lost__w,
    lost__s,
    min(total__before, CASE WHEN guard__x THEN coalesce(10.0, 9e999) ELSE 9e999 END) AS total__guarded
  FROM level__lost
),
-- the score
level__score AS (
  SELECT
    row__key,
    row__label,
    row__state,
    guard__x,
    points__w,
    points__s,
    total__coverage,
    total__before,
    lost__w,
    lost__s,
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
    guard__x,
    points__w,
    points__s,
    total__coverage,
    total__before,
    total__score,
    CASE WHEN total__before IS NOT NULL THEN (SELECT json_group_array(json_object('measure', measure, 'points', points, 'lost', lost)) FROM (
      SELECT measure, points, lost FROM (
        SELECT 'w' AS measure, points__w AS points, round(lost__w * 1e9) / 1e9 AS lost, 0 AS position
        UNION ALL SELECT 's', points__s, round(lost__s * 1e9) / 1e9, 1
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
  CASE WHEN row__state = 'ok' THEN points__w END AS w,
  CASE WHEN row__state = 'ok' THEN points__s END AS s,
  '[' || substr(CASE WHEN row__state = 'ok' AND guard__x AND total__score IS NOT NULL THEN ',"x"' ELSE '' END, 2) || ']' AS guards,
  '[' || substr(CASE WHEN row__state = 'ok' AND (guard__x IS NULL) THEN ',"x"' ELSE '' END, 2) || ']' AS guards__unjudged,
  total__reasons AS reasons,
  CASE json_extract(total__reasons, '$[0].measure') WHEN 'w' THEN 'w' WHEN 's' THEN 's' END AS reason_1,
  CASE json_extract(total__reasons, '$[1].measure') WHEN 'w' THEN 'w' WHEN 's' THEN 's' END AS reason_2,
  CASE json_extract(total__reasons, '$[2].measure') WHEN 'w' THEN 'w' WHEN 's' THEN 's' END AS reason_3
FROM level__reasons;

-- facts -> parts: each account, one pass for each csm: gross_revenue_retention, net_revenue_retention, red_share, all_weighted, large_accounts, all_a_year_ago, all_a_year_ago__ago_12_months
INSERT INTO scratch.parts__over__account__csm (
  "key", gross_revenue_retention__sum, gross_revenue_retention__sum_2, gross_revenue_retention__n,
  gross_revenue_retention__n_2, gross_revenue_retention__newest, gross_revenue_retention__newest_2,
  net_revenue_retention__sum, net_revenue_retention__rows, net_revenue_retention__n, net_revenue_retention__newest,
  red_share__sum, red_share__sum_2, red_share__n, red_share__n_2, red_share__newest, red_share__newest_2,
  all_weighted__sum, all_weighted__n, all_weighted__newest, large_accounts__count_distinct, large_accounts__n,
  all_a_year_ago__sum, all_a_year_ago__n, all_a_year_ago__newest, all_a_year_ago__ago_12_months__sum,
  all_a_year_ago__ago_12_months__n, all_a_year_ago__ago_12_months__newest
)
SELECT
  v.parent__csm AS "key",
  sum(min(v.arr, v.arr_year_ago)) AS gross_revenue_retention__sum,
  sum(v.arr_year_ago) AS gross_revenue_retention__sum_2,
  count(min(v.arr, v.arr_year_ago)) AS gross_revenue_retention__n,
  count(v.arr_year_ago) AS gross_revenue_retention__n_2,
  max(nullif(min(coalesce(v.arr__newest, '9999'), coalesce(v.arr_year_ago__newest, '9999')), '9999')) FILTER (WHERE min(v.arr, v.arr_year_ago) IS NOT NULL) AS gross_revenue_retention__newest,
  max(v.arr_year_ago__newest) FILTER (WHERE v.arr_year_ago IS NOT NULL) AS gross_revenue_retention__newest_2,
  sum(CASE v.arr_year_ago > 0.0 WHEN TRUE THEN v.arr WHEN FALSE THEN 0.0 END) AS net_revenue_retention__sum,
  count(*) AS net_revenue_retention__rows,
  count(CASE v.arr_year_ago > 0.0 WHEN TRUE THEN v.arr WHEN FALSE THEN 0.0 END) AS net_revenue_retention__n,
  max(nullif(min(coalesce(v.arr_year_ago__newest, '9999'), coalesce(v.arr__newest, '9999')), '9999')) FILTER (WHERE CASE v.arr_year_ago > 0.0 WHEN TRUE THEN v.arr WHEN FALSE THEN 0.0 END IS NOT NULL) AS net_revenue_retention__newest,
  sum(CASE scores_health.band = 'bad' WHEN TRUE THEN v.arr WHEN FALSE THEN 0.0 END) AS red_share__sum,
  sum(v.arr) AS red_share__sum_2,
  count(CASE scores_health.band = 'bad' WHEN TRUE THEN v.arr WHEN FALSE THEN 0.0 END) AS red_share__n,
  count(v.arr) AS red_share__n_2,
  max(v.arr__newest) FILTER (WHERE CASE scores_health.band = 'bad' WHEN TRUE THEN v.arr WHEN FALSE THEN 0.0 END IS NOT NULL) AS red_share__newest,
  max(v.arr__newest) FILTER (WHERE v.arr IS NOT NULL) AS red_share__newest_2,
  sum(v.weighted) AS all_weighted__sum,
  count(v.weighted) AS all_weighted__n,
  max(v.weighted__newest) FILTER (WHERE v.weighted IS NOT NULL) AS all_weighted__newest,
  count(DISTINCT v.segment) FILTER (WHERE v.signed_up > '2025-03-31' AND v.signed_up <= '2026-03-31' AND (scores_health.outcome = 'scored' AND (round(scores_health.arr * 1e9) / 1e9) > 20.0)) AS large_accounts__count_distinct,
  count(v.segment) FILTER (WHERE v.signed_up > '2025-03-31' AND v.signed_up <= '2026-03-31' AND (scores_health.outcome = 'scored' AND (round(scores_health.arr * 1e9) / 1e9) > 20.0)) AS large_accounts__n,
  sum(v.arr * v.seats) AS all_a_year_ago__sum,
  count(v.arr * v.seats) AS all_a_year_ago__n,
  max(v.arr__newest) FILTER (WHERE v.arr * v.seats IS NOT NULL) AS all_a_year_ago__newest,
  sum(v.arr__ago_12_months * v.seats__ago_12_months) AS all_a_year_ago__ago_12_months__sum,
  count(v.arr__ago_12_months * v.seats__ago_12_months) AS all_a_year_ago__ago_12_months__n,
  max(v.arr__ago_12_months__newest) FILTER (WHERE v.arr__ago_12_months * v.seats__ago_12_months IS NOT NULL) AS all_a_year_ago__ago_12_months__newest
FROM scratch.values_account AS v
JOIN scratch.scores_health ON scores_health.key = v.key
WHERE v.parent__csm IS NOT NULL
GROUP BY v.parent__csm;

-- facts -> values of csm
INSERT INTO scratch.values_csm (
  "key", label, gross_revenue_retention, gross_revenue_retention__n, gross_revenue_retention__newest,
  net_revenue_retention, net_revenue_retention__n, net_revenue_retention__newest, hidden, hidden__n, hidden__newest,
  red_share, red_share__n, red_share__newest, all_weighted, all_weighted__n, all_weighted__newest, large_accounts,
  large_accounts__n, large_accounts__newest, all_a_year_ago, all_a_year_ago__n, all_a_year_ago__newest,
  all_a_year_ago__ago_12_months, all_a_year_ago__ago_12_months__n, all_a_year_ago__ago_12_months__newest, growth,
  growth__n, growth__newest
)
WITH
-- each csm with what was counted
level__facts AS (
  SELECT
    csms.csm_id AS "key",
    csms.csm_id AS label,
    nullif(nullif(nullif(nullif(over__account.gross_revenue_retention__sum, 9e999), -9e999) / nullif(nullif(nullif(over__account.gross_revenue_retention__sum_2, 9e999), -9e999), 0.0), 9e999), -9e999) AS gross_revenue_retention,
    coalesce(min(over__account.gross_revenue_retention__n, over__account.gross_revenue_retention__n_2), 0) AS gross_revenue_retention__n,
    nullif(min(coalesce(over__account.gross_revenue_retention__newest, '9999'), coalesce(over__account.gross_revenue_retention__newest_2, '9999')), '9999') AS gross_revenue_retention__newest,
    nullif(nullif(CASE WHEN over__account.net_revenue_retention__rows > 0 THEN nullif(nullif(over__account.net_revenue_retention__sum, 9e999), -9e999) / nullif(nullif(nullif(over__account.gross_revenue_retention__sum_2, 9e999), -9e999), 0.0) ELSE NULL END, 9e999), -9e999) AS net_revenue_retention,
    coalesce(min(over__account.net_revenue_retention__n, over__account.gross_revenue_retention__n_2), 0) AS net_revenue_retention__n,
    nullif(min(coalesce(over__account.net_revenue_retention__newest, '9999'), coalesce(over__account.gross_revenue_retention__newest_2, '9999')), '9999') AS net_revenue_retention__newest,
    nullif(nullif(CASE WHEN over__account.net_revenue_retention__rows > 0 THEN nullif(nullif(over__account.red_share__sum, 9e999), -9e999) / nullif(nullif(nullif(over__account.red_share__sum_2, 9e999), -9e999), 0.0) ELSE NULL END, 9e999), -9e999) AS red_share,
    coalesce(min(over__account.red_share__n, over__account.red_share__n_2), 0) AS red_share__n,
    nullif(min(coalesce(over__account.red_share__newest, '9999'), coalesce(over__account.red_share__newest_2, '9999')), '9999') AS red_share__newest,
    nullif(nullif(nullif(nullif(over__account.all_weighted__sum, 9e999), -9e999) / nullif(nullif(nullif(over__account.red_share__sum_2, 9e999), -9e999), 0.0), 9e999), -9e999) AS all_weighted,
    coalesce(min(over__account.all_weighted__n, over__account.red_share__n_2), 0) AS all_weighted__n,
    nullif(min(coalesce(over__account.all_weighted__newest, '9999'), coalesce(over__account.red_share__newest_2, '9999')), '9999') AS all_weighted__newest,
    nullif(over__account.large_accounts__count_distinct, 0) AS large_accounts,
    coalesce(over__account.large_accounts__n, 0) AS large_accounts__n,
    NULL AS large_accounts__newest,
    nullif(nullif(over__account.all_a_year_ago__sum, 9e999), -9e999) AS all_a_year_ago,
    coalesce(over__account.all_a_year_ago__n, 0) AS all_a_year_ago__n,
    over__account.all_a_year_ago__newest AS all_a_year_ago__newest,
    nullif(nullif(over__account.all_a_year_ago__ago_12_months__sum, 9e999), -9e999) AS all_a_year_ago__ago_12_months,
    coalesce(over__account.all_a_year_ago__ago_12_months__n, 0) AS all_a_year_ago__ago_12_months__n,
    over__account.all_a_year_ago__ago_12_months__newest AS all_a_year_ago__ago_12_months__newest
  FROM csms
  LEFT JOIN scratch.parts__over__account__csm AS over__account ON over__account.key = csms.csm_id
  LIMIT -1 OFFSET 0
),
-- metrics computed from others
level__formulas_1 AS (
  SELECT
    "key",
    label,
    gross_revenue_retention,
    gross_revenue_retention__n,
    gross_revenue_retention__newest,
    net_revenue_retention,
    net_revenue_retention__n,
    net_revenue_retention__newest,
    red_share,
    red_share__n,
    red_share__newest,
    all_weighted,
    all_weighted__n,
    all_weighted__newest,
    large_accounts,
    large_accounts__n,
    large_accounts__newest,
    all_a_year_ago,
    all_a_year_ago__n,
    all_a_year_ago__newest,
    all_a_year_ago__ago_12_months,
    all_a_year_ago__ago_12_months__n,
    all_a_year_ago__ago_12_months__newest,
    nullif(nullif(net_revenue_retention - gross_revenue_retention, 9e999), -9e999) AS hidden,
    min(net_revenue_retention__n, gross_revenue_retention__n) AS hidden__n,
    nullif(min(coalesce(net_revenue_retention__newest, '9999'), coalesce(gross_revenue_retention__newest, '9999')), '9999') AS hidden__newest,
    nullif(nullif(all_a_year_ago / nullif(all_a_year_ago__ago_12_months, 0.0) - 1.0, 9e999), -9e999) AS growth,
    min(all_a_year_ago__n, all_a_year_ago__ago_12_months__n) AS growth__n,
    nullif(coalesce(all_a_year_ago__newest, '9999'), '9999') AS growth__newest
  FROM level__facts
)
-- one value row for each csm
SELECT
  "key",
  label,
  gross_revenue_retention,
  gross_revenue_retention__n,
  gross_revenue_retention__newest,
  net_revenue_retention,
  net_revenue_retention__n,
  net_revenue_retention__newest,
  hidden,
  hidden__n,
  hidden__newest,
  red_share,
  red_share__n,
  red_share__newest,
  all_weighted,
  all_weighted__n,
  all_weighted__newest,
  large_accounts,
  large_accounts__n,
  large_accounts__newest,
  all_a_year_ago,
  all_a_year_ago__n,
  all_a_year_ago__newest,
  all_a_year_ago__ago_12_months,
  all_a_year_ago__ago_12_months__n,
  all_a_year_ago__ago_12_months__newest,
  growth,
  growth__n,
  growth__newest
FROM level__formulas_1;

-- values -> judgements of kpi
INSERT INTO scratch.scores_kpi (
  "key", label, outcome, score, score_before_guards, band, coverage, grr, guards, guards__unjudged, reasons, reason_1,
  reason_2, reason_3
)
WITH
-- what is scored, rounded once
level__measured AS (
  SELECT
    v.key AS row__key,
    v.label AS row__label,
    'ok' AS row__state,
    CASE WHEN v.gross_revenue_retention__n >= 1.0 THEN round(v.gross_revenue_retention * 1e9) / 1e9 END AS x__grr
  FROM scratch.values_csm AS v
),
-- scales: value -> points
level__points AS (
  SELECT
    row__key,
    row__label,
    row__state,
    max(0.0, min(100.0, 100.0 * (x__grr - 0.5) / nullif(0.95 - 0.5, 0.0))) AS points__grr
  FROM level__measured
  LIMIT -1 OFFSET 0
),
-- the whole scorecard
level__total AS (
  SELECT
    row__key,
    row__label,
    row__state,
    points__grr,
    (coalesce(1.0 * points__grr, 0.0)) / nullif(CASE WHEN points__grr IS NULL THEN 0.0 ELSE 1.0 END, 0.0) AS total__raw,
    coalesce(coalesce((1.0 * CASE WHEN points__grr IS NOT NULL THEN 1.0 ELSE 0.0 END) / nullif(1.0, 0.0), 0.0), 0.0) AS total__coverage,
    CASE WHEN points__grr IS NULL THEN 0.0 ELSE 1.0 END AS total__weight
  FROM level__points
  LIMIT -1 OFFSET 0
),
-- enough data for a score?
level__before_guards AS (
  SELECT
    row__key,
    row__label,
    row__state,
    points__grr,
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
    points__grr,
    total__coverage,
    total__before,
    CASE WHEN points__grr IS NOT NULL THEN 1.0 * 1.0 / total__weight END AS share__grr
  FROM level__before_guards
),
-- points of the score that each cost
level__lost AS (
  SELECT
    row__key,
    row__label,
    row__state,
    points__grr,
    total__coverage,
    total__before,
    share__grr * (100.0 - points__grr) AS lost__grr
  FROM level__shares_1
),
-- lowest set, then highest floor, then lowest cap
level__set AS (
  SELECT
    row__key,
    row__label,
    row__state,
    points__grr,
    total__coverage,
    total__before,
    lost__grr,
    total__before AS total__guarded
  FROM level__lost
),
-- the score
level__score AS (
  SELECT
    row__key,
    row__label,
    row__state,
    points__grr,
    total__coverage,
    total__before,
    lost__grr,
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
    points__grr,
    total__coverage,
    total__before,
    total__score,
    CASE WHEN total__before IS NOT NULL THEN (SELECT json_group_array(json_object('measure', measure, 'points', points, 'lost', lost)) FROM (
      SELECT measure, points, lost FROM (
        SELECT 'grr' AS measure, points__grr AS points, round(lost__grr * 1e9) / 1e9 AS lost, 0 AS position
      ) WHERE lost > 0.0 ORDER BY lost DESC, position LIMIT 3)) ELSE '[]' END AS total__reasons
  FROM level__score
  LIMIT -1 OFFSET 0
)
-- one row for each csm
SELECT
  row__key AS "key",
  row__label AS label,
  CASE WHEN row__state <> 'ok' THEN row__state WHEN total__score IS NULL THEN 'insufficient_data' ELSE 'scored' END AS outcome,
  total__score AS score,
  total__before AS score_before_guards,
  NULL AS band,
  CASE WHEN row__state = 'ok' THEN total__coverage END AS coverage,
  CASE WHEN row__state = 'ok' THEN points__grr END AS grr,
  '[]' AS guards,
  '[]' AS guards__unjudged,
  total__reasons AS reasons,
  CASE json_extract(total__reasons, '$[0].measure') WHEN 'grr' THEN 'grr' END AS reason_1,
  CASE json_extract(total__reasons, '$[1].measure') WHEN 'grr' THEN 'grr' END AS reason_2,
  CASE json_extract(total__reasons, '$[2].measure') WHEN 'grr' THEN 'grr' END AS reason_3
FROM level__reasons;

-- facts -> parts: each account, one pass for each company: gross_revenue_retention, net_revenue_retention, red_share, all_weighted, all_a_year_ago, all_a_year_ago__ago_12_months
INSERT INTO scratch.parts__over__account__company (
  "key", gross_revenue_retention__sum, gross_revenue_retention__sum_2, gross_revenue_retention__n,
  gross_revenue_retention__n_2, gross_revenue_retention__newest, gross_revenue_retention__newest_2,
  net_revenue_retention__sum, net_revenue_retention__rows, net_revenue_retention__n, net_revenue_retention__newest,
  red_share__sum, red_share__sum_2, red_share__n, red_share__n_2, red_share__newest, red_share__newest_2,
  all_weighted__sum, all_weighted__n, all_weighted__newest, all_a_year_ago__sum, all_a_year_ago__n,
  all_a_year_ago__newest, all_a_year_ago__ago_12_months__sum, all_a_year_ago__ago_12_months__n,
  all_a_year_ago__ago_12_months__newest
)
SELECT
  'company' AS "key",
  sum(min(v.arr, v.arr_year_ago)) AS gross_revenue_retention__sum,
  sum(v.arr_year_ago) AS gross_revenue_retention__sum_2,
  count(min(v.arr, v.arr_year_ago)) AS gross_revenue_retention__n,
  count(v.arr_year_ago) AS gross_revenue_retention__n_2,
  max(nullif(min(coalesce(v.arr__newest, '9999'), coalesce(v.arr_year_ago__newest, '9999')), '9999')) FILTER (WHERE min(v.arr, v.arr_year_ago) IS NOT NULL) AS gross_revenue_retention__newest,
  max(v.arr_year_ago__newest) FILTER (WHERE v.arr_year_ago IS NOT NULL) AS gross_revenue_retention__newest_2,
  sum(CASE v.arr_year_ago > 0.0 WHEN TRUE THEN v.arr WHEN FALSE THEN 0.0 END) AS net_revenue_retention__sum,
  count(*) AS net_revenue_retention__rows,
  count(CASE v.arr_year_ago > 0.0 WHEN TRUE THEN v.arr WHEN FALSE THEN 0.0 END) AS net_revenue_retention__n,
  max(nullif(min(coalesce(v.arr_year_ago__newest, '9999'), coalesce(v.arr__newest, '9999')), '9999')) FILTER (WHERE CASE v.arr_year_ago > 0.0 WHEN TRUE THEN v.arr WHEN FALSE THEN 0.0 END IS NOT NULL) AS net_revenue_retention__newest,
  sum(CASE scores_health.band = 'bad' WHEN TRUE THEN v.arr WHEN FALSE THEN 0.0 END) AS red_share__sum,
  sum(v.arr) AS red_share__sum_2,
  count(CASE scores_health.band = 'bad' WHEN TRUE THEN v.arr WHEN FALSE THEN 0.0 END) AS red_share__n,
  count(v.arr) AS red_share__n_2,
  max(v.arr__newest) FILTER (WHERE CASE scores_health.band = 'bad' WHEN TRUE THEN v.arr WHEN FALSE THEN 0.0 END IS NOT NULL) AS red_share__newest,
  max(v.arr__newest) FILTER (WHERE v.arr IS NOT NULL) AS red_share__newest_2,
  sum(v.weighted) AS all_weighted__sum,
  count(v.weighted) AS all_weighted__n,
  max(v.weighted__newest) FILTER (WHERE v.weighted IS NOT NULL) AS all_weighted__newest,
  sum(v.arr * v.seats) AS all_a_year_ago__sum,
  count(v.arr * v.seats) AS all_a_year_ago__n,
  max(v.arr__newest) FILTER (WHERE v.arr * v.seats IS NOT NULL) AS all_a_year_ago__newest,
  sum(v.arr__ago_12_months * v.seats__ago_12_months) AS all_a_year_ago__ago_12_months__sum,
  count(v.arr__ago_12_months * v.seats__ago_12_months) AS all_a_year_ago__ago_12_months__n,
  max(v.arr__ago_12_months__newest) FILTER (WHERE v.arr__ago_12_months * v.seats__ago_12_months IS NOT NULL) AS all_a_year_ago__ago_12_months__newest
FROM scratch.values_account AS v
JOIN scratch.scores_health ON scores_health.key = v.key;

-- facts -> parts: each csm, one pass for each company: csms_grr
INSERT INTO scratch.parts__over__csm__company (
  "key", csms_grr__sum, csms_grr__n, csms_grr__newest
)
SELECT
  'company' AS "key",
  sum(v.gross_revenue_retention) AS csms_grr__sum,
  count(v.gross_revenue_retention) AS csms_grr__n,
  max(v.gross_revenue_retention__newest) FILTER (WHERE v.gross_revenue_retention IS NOT NULL) AS csms_grr__newest
FROM scratch.values_csm AS v;

-- facts -> values of company
INSERT INTO scratch.values_company (
  "key", label, gross_revenue_retention, gross_revenue_retention__n, gross_revenue_retention__newest,
  net_revenue_retention, net_revenue_retention__n, net_revenue_retention__newest, hidden, hidden__n, hidden__newest,
  red_share, red_share__n, red_share__newest, all_weighted, all_weighted__n, all_weighted__newest, csms_grr,
  csms_grr__n, csms_grr__newest, all_a_year_ago, all_a_year_ago__n, all_a_year_ago__newest,
  all_a_year_ago__ago_12_months, all_a_year_ago__ago_12_months__n, all_a_year_ago__ago_12_months__newest, growth,
  growth__n, growth__newest
)
WITH
-- each company with what was counted
level__facts AS (
  SELECT
    'company' AS "key",
    'company' AS label,
    nullif(nullif(nullif(nullif(over__account.gross_revenue_retention__sum, 9e999), -9e999) / nullif(nullif(nullif(over__account.gross_revenue_retention__sum_2, 9e999), -9e999), 0.0), 9e999), -9e999) AS gross_revenue_retention,
    coalesce(min(over__account.gross_revenue_retention__n, over__account.gross_revenue_retention__n_2), 0) AS gross_revenue_retention__n,
    nullif(min(coalesce(over__account.gross_revenue_retention__newest, '9999'), coalesce(over__account.gross_revenue_retention__newest_2, '9999')), '9999') AS gross_revenue_retention__newest,
    nullif(nullif(CASE WHEN over__account.net_revenue_retention__rows > 0 THEN nullif(nullif(over__account.net_revenue_retention__sum, 9e999), -9e999) / nullif(nullif(nullif(over__account.gross_revenue_retention__sum_2, 9e999), -9e999), 0.0) ELSE NULL END, 9e999), -9e999) AS net_revenue_retention,
    coalesce(min(over__account.net_revenue_retention__n, over__account.gross_revenue_retention__n_2), 0) AS net_revenue_retention__n,
    nullif(min(coalesce(over__account.net_revenue_retention__newest, '9999'), coalesce(over__account.gross_revenue_retention__newest_2, '9999')), '9999') AS net_revenue_retention__newest,
    nullif(nullif(CASE WHEN over__account.net_revenue_retention__rows > 0 THEN nullif(nullif(over__account.red_share__sum, 9e999), -9e999) / nullif(nullif(nullif(over__account.red_share__sum_2, 9e999), -9e999), 0.0) ELSE NULL END, 9e999), -9e999) AS red_share,
    coalesce(min(over__account.red_share__n, over__account.red_share__n_2), 0) AS red_share__n,
    nullif(min(coalesce(over__account.red_share__newest, '9999'), coalesce(over__account.red_share__newest_2, '9999')), '9999') AS red_share__newest,
    nullif(nullif(nullif(nullif(over__account.all_weighted__sum, 9e999), -9e999) / nullif(nullif(nullif(over__account.red_share__sum_2, 9e999), -9e999), 0.0), 9e999), -9e999) AS all_weighted,
    coalesce(min(over__account.all_weighted__n, over__account.red_share__n_2), 0) AS all_weighted__n,
    nullif(min(coalesce(over__account.all_weighted__newest, '9999'), coalesce(over__account.red_share__newest_2, '9999')), '9999') AS all_weighted__newest,
    nullif(nullif(over__account.all_a_year_ago__sum, 9e999), -9e999) AS all_a_year_ago,
    coalesce(over__account.all_a_year_ago__n, 0) AS all_a_year_ago__n,
    over__account.all_a_year_ago__newest AS all_a_year_ago__newest,
    nullif(nullif(over__account.all_a_year_ago__ago_12_months__sum, 9e999), -9e999) AS all_a_year_ago__ago_12_months,
    coalesce(over__account.all_a_year_ago__ago_12_months__n, 0) AS all_a_year_ago__ago_12_months__n,
    over__account.all_a_year_ago__ago_12_months__newest AS all_a_year_ago__ago_12_months__newest,
    (CAST(nullif(nullif(over__csm.csms_grr__sum, 9e999), -9e999) AS REAL) / nullif(over__csm.csms_grr__n, 0)) AS csms_grr,
    coalesce(over__csm.csms_grr__n, 0) AS csms_grr__n,
    over__csm.csms_grr__newest AS csms_grr__newest
  FROM (SELECT 1)
  LEFT JOIN scratch.parts__over__account__company AS over__account ON over__account.key = 'company'
  LEFT JOIN scratch.parts__over__csm__company AS over__csm ON over__csm.key = 'company'
  LIMIT -1 OFFSET 0
),
-- metrics computed from others
level__formulas_1 AS (
  SELECT
    "key",
    label,
    gross_revenue_retention,
    gross_revenue_retention__n,
    gross_revenue_retention__newest,
    net_revenue_retention,
    net_revenue_retention__n,
    net_revenue_retention__newest,
    red_share,
    red_share__n,
    red_share__newest,
    all_weighted,
    all_weighted__n,
    all_weighted__newest,
    all_a_year_ago,
    all_a_year_ago__n,
    all_a_year_ago__newest,
    all_a_year_ago__ago_12_months,
    all_a_year_ago__ago_12_months__n,
    all_a_year_ago__ago_12_months__newest,
    csms_grr,
    csms_grr__n,
    csms_grr__newest,
    nullif(nullif(net_revenue_retention - gross_revenue_retention, 9e999), -9e999) AS hidden,
    min(net_revenue_retention__n, gross_revenue_retention__n) AS hidden__n,
    nullif(min(coalesce(net_revenue_retention__newest, '9999'), coalesce(gross_revenue_retention__newest, '9999')), '9999') AS hidden__newest,
    nullif(nullif(all_a_year_ago / nullif(all_a_year_ago__ago_12_months, 0.0) - 1.0, 9e999), -9e999) AS growth,
    min(all_a_year_ago__n, all_a_year_ago__ago_12_months__n) AS growth__n,
    nullif(coalesce(all_a_year_ago__newest, '9999'), '9999') AS growth__newest
  FROM level__facts
)
-- one value row for each company
SELECT
  "key",
  label,
  gross_revenue_retention,
  gross_revenue_retention__n,
  gross_revenue_retention__newest,
  net_revenue_retention,
  net_revenue_retention__n,
  net_revenue_retention__newest,
  hidden,
  hidden__n,
  hidden__newest,
  red_share,
  red_share__n,
  red_share__newest,
  all_weighted,
  all_weighted__n,
  all_weighted__newest,
  csms_grr,
  csms_grr__n,
  csms_grr__newest,
  all_a_year_ago,
  all_a_year_ago__n,
  all_a_year_ago__newest,
  all_a_year_ago__ago_12_months,
  all_a_year_ago__ago_12_months__n,
  all_a_year_ago__ago_12_months__newest,
  growth,
  growth__n,
  growth__newest
FROM level__formulas_1;

-- finding: account no csm is known ('csm_id')
SELECT count(*) OVER (), key, parent
FROM (SELECT accounts.account_id AS key, nullif(accounts.csm_id, '') AS parent
FROM accounts
WHERE NOT EXISTS (SELECT 1 FROM csms WHERE csms.csm_id = accounts.csm_id))
ORDER BY parent IS NULL, key
LIMIT 1;
