-- queries.toml, sqlite, as of 2026-03-31

-- rows -> champion_share of account, by concentration.top_share
INSERT INTO scratch.plugin__champion_share__account (
  "key", value, n, newest
)
WITH
-- usage: the rows of each account that champion_share looks at
given__rows AS (
  SELECT
    accounts.account_id AS subject__key,
    usage._day AS fact__newest,
    usage.user_id AS part,
    usage.events AS amount
  FROM accounts
  CROSS JOIN usage ON accounts.account_id = usage.account_id
  WHERE usage.day <= '2026-03-31' AND usage.day > '2026-03-03' AND accounts.account_id IS NOT NULL AND usage.product <> 'api'
),
-- step 1: the rows that pass
step__1 AS (
  SELECT
    given__rows.subject__key AS subject__key,
    given__rows.part AS part,
    given__rows.amount AS amount
  FROM given__rows
  WHERE given__rows.part IS NOT NULL
),
-- step 2: one row for each subject and part
step__2 AS (
  SELECT
    step__1.subject__key AS subject__key,
    sum(step__1.amount) AS total
  FROM step__1
  GROUP BY step__1.subject__key, step__1.part
  LIMIT -1 OFFSET 0
),
-- step 3: the rows that pass
step__3 AS (
  SELECT
    step__2.subject__key AS subject__key,
    step__2.total AS total
  FROM step__2
  WHERE step__2.total > 0.0
),
-- step 4: place, the place of each row among those of its subject
step__4 AS (
  SELECT
    step__3.subject__key AS subject__key,
    step__3.total AS total,
    CASE WHEN step__3.total IS NOT NULL THEN CAST(rank() OVER (PARTITION BY step__3.subject__key ORDER BY step__3.total DESC NULLS LAST) AS REAL) END AS place
  FROM step__3
  LIMIT -1 OFFSET 0
),
-- step 5: one row for each subject and place
step__5 AS (
  SELECT
    step__4.subject__key AS subject__key,
    step__4.place AS place,
    max(step__4.total) AS "each",
    CAST(count(*) AS REAL) AS many
  FROM step__4
  GROUP BY step__4.subject__key, step__4.place
  LIMIT -1 OFFSET 0
),
-- step 6: with more columns
step__6 AS (
  SELECT
    step__5.subject__key AS subject__key,
    step__5."each" AS "each",
    step__5.many AS many,
    CASE step__5.place <= 1.0 WHEN TRUE THEN min(step__5.many, 1.0 - step__5.place + 1.0) WHEN FALSE THEN 0.0 END AS counted
  FROM step__5
),
-- the value of each subject
valued__rows AS (
  SELECT
    step__6.subject__key AS subject__key,
    CAST(sum(step__6."each" * step__6.counted) AS REAL) / nullif(sum(step__6."each" * step__6.many), 0.0) AS value
  FROM step__6
  GROUP BY step__6.subject__key
),
-- how many rows each subject has, and when the newest of them happened
counted__rows AS (
  SELECT
    given__rows.subject__key AS subject__key,
    count(*) AS n,
    max(given__rows.fact__newest) AS newest
  FROM given__rows
  GROUP BY given__rows.subject__key
)
SELECT
  counted__rows.subject__key AS "key",
  valued__rows.value AS value,
  counted__rows.n AS n,
  counted__rows.newest AS newest
FROM counted__rows
LEFT JOIN valued__rows ON valued__rows.subject__key = counted__rows.subject__key;

-- rows -> product_hhi of csm, by concentration.hhi
INSERT INTO scratch.plugin__product_hhi__csm (
  "key", value, n, newest
)
WITH
-- usage: the rows of each csm that product_hhi looks at
given__rows AS (
  SELECT
    accounts.csm_id AS subject__key,
    usage._day AS fact__newest,
    (nullif(usage.account_id, '') || usage.product) AS part,
    nullif(nullif(usage.events * 2.5, 9e999), -9e999) AS amount
  FROM accounts
  CROSS JOIN usage ON accounts.account_id = usage.account_id
  WHERE usage.day <= '2026-03-31' AND accounts.csm_id IS NOT NULL
  LIMIT -1 OFFSET 0
),
-- step 1: the rows that pass
step__1 AS (
  SELECT
    given__rows.subject__key AS subject__key,
    given__rows.part AS part,
    given__rows.amount AS amount
  FROM given__rows
  WHERE given__rows.part IS NOT NULL
),
-- step 2: one row for each subject and part
step__2 AS (
  SELECT
    step__1.subject__key AS subject__key,
    nullif(nullif(sum(step__1.amount), 9e999), -9e999) AS total
  FROM step__1
  GROUP BY step__1.subject__key, step__1.part
  LIMIT -1 OFFSET 0
),
-- step 3: the rows that pass
step__3 AS (
  SELECT
    step__2.subject__key AS subject__key,
    step__2.total AS total
  FROM step__2
  WHERE step__2.total > 0.0
),
-- the value of each subject
valued__rows AS (
  SELECT
    step__3.subject__key AS subject__key,
    nullif(nullif(sum(step__3.total * step__3.total), 9e999), -9e999) / nullif(nullif(nullif(sum(step__3.total), 9e999), -9e999) * nullif(nullif(sum(step__3.total), 9e999), -9e999), 0.0) AS value
  FROM step__3
  GROUP BY step__3.subject__key
),
-- how many rows each subject has, and when the newest of them happened
counted__rows AS (
  SELECT
    given__rows.subject__key AS subject__key,
    count(*) AS n,
    max(given__rows.fact__newest) AS newest
  FROM given__rows
  GROUP BY given__rows.subject__key
)
SELECT
  counted__rows.subject__key AS "key",
  valued__rows.value AS value,
  counted__rows.n AS n,
  counted__rows.newest AS newest
FROM counted__rows
LEFT JOIN valued__rows ON valued__rows.subject__key = counted__rows.subject__key;

-- rows -> product_hhi__ago_1_year of csm, by concentration.hhi
INSERT INTO scratch.plugin__product_hhi__ago_1_year__csm (
  "key", value, n, newest
)
WITH
-- usage: the rows of each csm that product_hhi looks at
given__rows AS (
  SELECT
    accounts.csm_id AS subject__key,
    usage._day AS fact__newest,
    (nullif(usage.account_id, '') || usage.product) AS part,
    nullif(nullif(usage.events * 2.5, 9e999), -9e999) AS amount
  FROM accounts
  CROSS JOIN usage ON accounts.account_id = usage.account_id
  WHERE usage.day <= '2025-03-31' AND accounts.csm_id IS NOT NULL
  LIMIT -1 OFFSET 0
),
-- step 1: the rows that pass
step__1 AS (
  SELECT
    given__rows.subject__key AS subject__key,
    given__rows.part AS part,
    given__rows.amount AS amount
  FROM given__rows
  WHERE given__rows.part IS NOT NULL
),
-- step 2: one row for each subject and part
step__2 AS (
  SELECT
    step__1.subject__key AS subject__key,
    nullif(nullif(sum(step__1.amount), 9e999), -9e999) AS total
  FROM step__1
  GROUP BY step__1.subject__key, step__1.part
  LIMIT -1 OFFSET 0
),
-- step 3: the rows that pass
step__3 AS (
  SELECT
    step__2.subject__key AS subject__key,
    step__2.total AS total
  FROM step__2
  WHERE step__2.total > 0.0
),
-- the value of each subject
valued__rows AS (
  SELECT
    step__3.subject__key AS subject__key,
    nullif(nullif(sum(step__3.total * step__3.total), 9e999), -9e999) / nullif(nullif(nullif(sum(step__3.total), 9e999), -9e999) * nullif(nullif(sum(step__3.total), 9e999), -9e999), 0.0) AS value
  FROM step__3
  GROUP BY step__3.subject__key
),
-- how many rows each subject has, and when the newest of them happened
counted__rows AS (
  SELECT
    given__rows.subject__key AS subject__key,
    count(*) AS n,
    max(given__rows.fact__newest) AS newest
  FROM given__rows
  GROUP BY given__rows.subject__key
)
SELECT
  counted__rows.subject__key AS "key",
  valued__rows.value AS value,
  counted__rows.n AS n,
  counted__rows.newest AS newest
FROM counted__rows
LEFT JOIN valued__rows ON valued__rows.subject__key = counted__rows.subject__key;

-- facts -> values of account
INSERT INTO scratch.values_account (
  "key", label, champion_share, champion_share__n, champion_share__newest
)
WITH
-- each account with what was counted
level__facts AS (
  SELECT
    accounts.account_id AS "key",
    accounts.account_id AS label,
    CASE WHEN NOT EXISTS (SELECT 1 FROM scratch.failures WHERE metric IN ('champion_share')) THEN nullif(nullif(plugin__champion_share.value, 9e999), -9e999) END AS champion_share,
    CASE WHEN NOT EXISTS (SELECT 1 FROM scratch.failures WHERE metric IN ('champion_share')) THEN coalesce(plugin__champion_share.n, 0) END AS champion_share__n,
    CASE WHEN NOT EXISTS (SELECT 1 FROM scratch.failures WHERE metric IN ('champion_share')) THEN date(plugin__champion_share.newest - 0.5) END AS champion_share__newest
  FROM accounts
  LEFT JOIN scratch.plugin__champion_share__account AS plugin__champion_share ON plugin__champion_share.key = accounts.account_id
)
-- one value row for each account
SELECT
  "key",
  label,
  champion_share,
  champion_share__n,
  champion_share__newest
FROM level__facts;

-- facts -> values of csm
INSERT INTO scratch.values_csm (
  "key", label, product_hhi, product_hhi__n, product_hhi__newest, product_hhi__ago_1_year, product_hhi__ago_1_year__n,
  product_hhi__ago_1_year__newest, product_hhi_change, product_hhi_change__n, product_hhi_change__newest
)
WITH
-- each csm with what was counted
level__facts AS (
  SELECT
    csms.csm_id AS "key",
    csms.csm_id AS label,
    CASE WHEN NOT EXISTS (SELECT 1 FROM scratch.failures WHERE metric IN ('product_hhi')) THEN nullif(nullif(plugin__product_hhi.value, 9e999), -9e999) END AS product_hhi,
    CASE WHEN NOT EXISTS (SELECT 1 FROM scratch.failures WHERE metric IN ('product_hhi')) THEN coalesce(plugin__product_hhi.n, 0) END AS product_hhi__n,
    CASE WHEN NOT EXISTS (SELECT 1 FROM scratch.failures WHERE metric IN ('product_hhi')) THEN date(plugin__product_hhi.newest - 0.5) END AS product_hhi__newest,
    CASE WHEN NOT EXISTS (SELECT 1 FROM scratch.failures WHERE metric IN ('product_hhi')) THEN nullif(nullif(plugin__product_hhi__ago_1_year.value, 9e999), -9e999) END AS product_hhi__ago_1_year,
    CASE WHEN NOT EXISTS (SELECT 1 FROM scratch.failures WHERE metric IN ('product_hhi')) THEN coalesce(plugin__product_hhi__ago_1_year.n, 0) END AS product_hhi__ago_1_year__n,
    CASE WHEN NOT EXISTS (SELECT 1 FROM scratch.failures WHERE metric IN ('product_hhi')) THEN date(plugin__product_hhi__ago_1_year.newest - 0.5) END AS product_hhi__ago_1_year__newest
  FROM csms
  LEFT JOIN scratch.plugin__product_hhi__csm AS plugin__product_hhi ON plugin__product_hhi.key = csms.csm_id
  LEFT JOIN scratch.plugin__product_hhi__ago_1_year__csm AS plugin__product_hhi__ago_1_year ON plugin__product_hhi__ago_1_year.key = csms.csm_id
  LIMIT -1 OFFSET 0
),
-- metrics computed from others
level__formulas_1 AS (
  SELECT
    "key",
    label,
    product_hhi,
    product_hhi__n,
    product_hhi__newest,
    product_hhi__ago_1_year,
    product_hhi__ago_1_year__n,
    product_hhi__ago_1_year__newest,
    CASE WHEN NOT EXISTS (SELECT 1 FROM scratch.failures WHERE metric IN ('product_hhi')) THEN nullif(nullif(product_hhi - product_hhi__ago_1_year, 9e999), -9e999) END AS product_hhi_change,
    CASE WHEN NOT EXISTS (SELECT 1 FROM scratch.failures WHERE metric IN ('product_hhi')) THEN min(product_hhi__n, product_hhi__ago_1_year__n) END AS product_hhi_change__n,
    CASE WHEN NOT EXISTS (SELECT 1 FROM scratch.failures WHERE metric IN ('product_hhi')) THEN nullif(coalesce(product_hhi__newest, '9999'), '9999') END AS product_hhi_change__newest
  FROM level__facts
)
-- one value row for each csm
SELECT
  "key",
  label,
  product_hhi,
  product_hhi__n,
  product_hhi__newest,
  product_hhi__ago_1_year,
  product_hhi__ago_1_year__n,
  product_hhi__ago_1_year__newest,
  product_hhi_change,
  product_hhi_change__n,
  product_hhi_change__newest
FROM level__formulas_1;

-- finding: account no csm is known ('csm_id')
SELECT count(*) OVER (), key, parent
FROM (SELECT accounts.account_id AS key, nullif(accounts.csm_id, '') AS parent
FROM accounts
WHERE NOT EXISTS (SELECT 1 FROM csms WHERE csms.csm_id = accounts.csm_id))
ORDER BY parent IS NULL, key
LIMIT 1;
