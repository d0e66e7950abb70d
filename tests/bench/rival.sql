-- The rival: what an expert would write by hand, for SQLite, to compute and write what `trigpoint run --no-load` does
-- with tests/bench/ruleset. Frozen: our own SQL is measured against it, so it changes only when it becomes faster.
--
-- Why nobody can call it a straw man: it reads the same tables in the same layout, knows the rules by heart (weights are
-- folded into constants, what cannot need rounding is not rounded, no number is an expression), and each of these was measured against the
-- alternative and kept because it was faster (10,000 accounts, 2,000,000 rows, SQLite 3.40, CPU seconds):
--   * one pass for each window, seeking by account in the clustered key, reads only the rows of that window: 2.1 s, where
--     one pass over all rows took 4.7 s with FILTER and 6.1 s with CASE, and 5.5 s with window flags computed beforehand;
--     the week stands inside the pass of the four weeks;
--   * passes land in keyed temporary tables: 100,000 accounts 4.1 s, where joined subqueries took 4.7 s (SQLite builds
--     an index for each of them);
--   * levels are fenced (`limit -1 offset 0`), or SQLite would flatten them and copy their expressions;
--   * the three dearest reasons are found by comparing columns: see the figures at statement 2.
-- It runs with memory for temporary tables, a cache of 64 MB and memory-mapped reads (bench.py).

-- statement 1: facts -> values ---------------------------------------------------------------------------------------

create temp table year_pass (account_id text primary key, passed, events, events_n, events_newest) without rowid;

insert into year_pass
select a.account_id, count(*), sum(u.events), count(u.events), max(u.day) filter (where u.events is not null)
from accounts a join usage u on u.account_id = a.account_id and u.day > :from_365 and u.day <= :as_of
group by a.account_id;

create temp table quarter_pass (
  account_id text primary key, passed, events, events_n, events_newest, active, users, users_n, users_newest,
  features, features_n, features_newest, peak, minutes, minutes_n, minutes_newest, errors, errors_n, errors_newest
) without rowid;

insert into quarter_pass
select a.account_id, count(*),
  sum(u.events), count(u.events), max(u.day) filter (where u.events is not null),
  count(*) filter (where u.events > 0),
  count(distinct u.user_id) filter (where u.events > 0), count(u.user_id) filter (where u.events > 0),
  max(u.day) filter (where u.events > 0 and u.user_id is not null),
  count(distinct u.feature) filter (where u.events > 0), count(u.feature) filter (where u.events > 0),
  max(u.day) filter (where u.events > 0 and u.feature is not null),
  max(u.events),
  avg(u.minutes), count(u.minutes), max(u.day) filter (where u.minutes is not null),
  sum(u.errors), count(u.errors), max(u.day) filter (where u.errors is not null)
from accounts a join usage u on u.account_id = a.account_id and u.day > :from_90 and u.day <= :as_of
group by a.account_id;

create temp table month_pass (
  account_id text primary key, passed, newest, week_passed, week_events, week_events_n, week_events_newest,
  events, events_n, events_newest, active, users, users_n, users_newest, days, days_newest,
  reports_passed, reports, reports_n, reports_newest, minutes, minutes_n, minutes_newest,
  errors, errors_n, errors_newest, with_errors
) without rowid;

insert into month_pass
select a.account_id, count(*), max(u.day),
  count(*) filter (where u.day > :from_7), sum(u.events) filter (where u.day > :from_7),
  count(u.events) filter (where u.day > :from_7), max(u.day) filter (where u.day > :from_7 and u.events is not null),
  sum(u.events), count(u.events), max(u.day) filter (where u.events is not null),
  count(*) filter (where u.events > 0),
  count(distinct u.user_id) filter (where u.events > 0), count(u.user_id) filter (where u.events > 0),
  max(u.day) filter (where u.events > 0 and u.user_id is not null),
  count(distinct u.day) filter (where u.events > 0), max(u.day) filter (where u.events > 0),
  count(*) filter (where u.feature = 'reports'), sum(u.events) filter (where u.feature = 'reports'),
  count(u.events) filter (where u.feature = 'reports'),
  max(u.day) filter (where u.feature = 'reports' and u.events is not null),
  avg(u.minutes), count(u.minutes), max(u.day) filter (where u.minutes is not null),
  sum(u.errors), count(u.errors), max(u.day) filter (where u.errors is not null),
  count(*) filter (where u.errors > 0)
from accounts a join usage u on u.account_id = a.account_id and u.day > :from_28 and u.day <= :as_of
group by a.account_id;

create table out.values_account (
  key text primary key, label,
  events_7d, events_7d__n, events_7d__newest, events_28d, events_28d__n, events_28d__newest,
  events_90d, events_90d__n, events_90d__newest, events_365d, events_365d__n, events_365d__newest,
  active_users_28d, active_users_28d__n, active_users_28d__newest,
  active_users_90d, active_users_90d__n, active_users_90d__newest,
  active_days_28d, active_days_28d__n, active_days_28d__newest, features_90d, features_90d__n, features_90d__newest,
  reports_28d, reports_28d__n, reports_28d__newest, peak_90d, peak_90d__n, peak_90d__newest,
  minutes_28d, minutes_28d__n, minutes_28d__newest, minutes_90d, minutes_90d__n, minutes_90d__newest,
  errors_28d, errors_28d__n, errors_28d__newest, errors_90d, errors_90d__n, errors_90d__newest,
  error_share_28d, error_share_28d__n, error_share_28d__newest,
  health__seats, health__seats__n, health__seats__newest, health__trend, health__trend__n, health__trend__newest,
  health__steadiness, health__steadiness__n, health__steadiness__newest, health__plan, health__tenure,
  licensed_seats, arr, signed_up
) without rowid;

insert into out.values_account
select account_id, name,
  events_7d, coalesce(week_events_n, 0), week_events_newest, events_28d, coalesce(m_events_n, 0), m_events_newest,
  events_90d, coalesce(q_events_n, 0), q_events_newest, events_365d, coalesce(y_events_n, 0), y_events_newest,
  active_users_28d, coalesce(m_users_n, 0), m_users_newest, active_users_90d, coalesce(q_users_n, 0), q_users_newest,
  active_days_28d, coalesce(m_active, 0), days_newest, features_90d, coalesce(features_n, 0), features_newest,
  reports_28d, coalesce(reports_n, 0), reports_newest, peak, coalesce(q_events_n, 0), q_events_newest,
  minutes_28d, coalesce(m_minutes_n, 0), m_minutes_newest, minutes_90d, coalesce(q_minutes_n, 0), q_minutes_newest,
  errors_28d, coalesce(m_errors_n, 0), m_errors_newest, errors_90d, coalesce(q_errors_n, 0), q_errors_newest,
  error_share_28d, coalesce(m_passed, 0), m_newest,
  active_users_28d / licensed_seats, coalesce(m_users_n, 0), m_users_newest,
  events_28d * 90.0 / (events_90d * 28.0), min(coalesce(m_events_n, 0), coalesce(q_events_n, 0)),
  coalesce(m_events_newest, q_events_newest),
  minutes_28d / minutes_90d, min(coalesce(m_minutes_n, 0), coalesce(q_minutes_n, 0)),
  coalesce(m_minutes_newest, q_minutes_newest),
  plan, julianday(:as_of) - julianday(signed_up), licensed_seats, arr, signed_up
from (
  select a.account_id, a.name, a.plan, a.licensed_seats, a.arr, a.signed_up,
    case when m.week_passed > 0 then m.week_events else 0 end as events_7d,
    case when m.passed > 0 then m.events else 0 end as events_28d,
    case when q.passed > 0 then q.events else 0 end as events_90d,
    case when y.passed > 0 then y.events else 0 end as events_365d,
    case when m.users > 0 then m.users * 1.0 when m.active > 0 then null else 0 end as active_users_28d,
    case when q.users > 0 then q.users * 1.0 when q.active > 0 then null else 0 end as active_users_90d,
    coalesce(m.days, 0) as active_days_28d,
    case when q.features > 0 then q.features when q.active > 0 then null else 0 end as features_90d,
    case when m.reports_passed > 0 then m.reports else 0 end as reports_28d,
    case when m.passed > 0 then m.errors else 0 end as errors_28d,
    case when q.passed > 0 then q.errors else 0 end as errors_90d,
    m.with_errors * 1.0 / m.passed as error_share_28d, m.minutes as minutes_28d, q.minutes as minutes_90d, q.peak,
    m.passed as m_passed, m.newest as m_newest, m.week_events_n, m.week_events_newest,
    m.events_n as m_events_n, m.events_newest as m_events_newest, m.active as m_active,
    m.users_n as m_users_n, m.users_newest as m_users_newest, m.days_newest, m.reports_n, m.reports_newest,
    m.minutes_n as m_minutes_n, m.minutes_newest as m_minutes_newest,
    m.errors_n as m_errors_n, m.errors_newest as m_errors_newest,
    q.events_n as q_events_n, q.events_newest as q_events_newest, q.users_n as q_users_n,
    q.users_newest as q_users_newest, q.features_n, q.features_newest,
    q.minutes_n as q_minutes_n, q.minutes_newest as q_minutes_newest,
    q.errors_n as q_errors_n, q.errors_newest as q_errors_newest,
    y.events_n as y_events_n, y.events_newest as y_events_newest
  from accounts a
  left join year_pass y on y.account_id = a.account_id
  left join quarter_pass q on q.account_id = a.account_id
  left join month_pass m on m.account_id = a.account_id
  order by a.account_id
  limit -1 offset 0
);

-- statement 2: values -> judgements ----------------------------------------------------------------------------------

create table out.scores_health (
  key text primary key, label, outcome, score, score_before_guards, band, coverage,
  adoption, depth, quality, commercial,
  seats, regularity, volume, trend, breadth, reports, sessions, steadiness, error_share, error_count, plan, tenure,
  guards, guards__unjudged, reasons, reason_1, reason_2, reason_3
) without rowid;

insert into out.scores_health
with
-- values as they enter the scales: rounded to nine decimals where they can have more; the conditions of the guards
rounded as (
  select key, label, health__plan as plan_name, events_28d, errors_90d, active_days_28d, features_90d, reports_28d,
    health__tenure as days_old,
    case when abs(health__seats) >= 9e6 then health__seats else cast(health__seats * 1e9 + case when health__seats >= 0 then 0.5 else -0.5 end as integer) / 1e9 end as seats_used,
    case when abs(health__trend) >= 9e6 then health__trend else cast(health__trend * 1e9 + case when health__trend >= 0 then 0.5 else -0.5 end as integer) / 1e9 end as trend_ratio,
    case when abs(health__steadiness) >= 9e6 then health__steadiness else cast(health__steadiness * 1e9 + case when health__steadiness >= 0 then 0.5 else -0.5 end as integer) / 1e9 end as steadiness_ratio,
    case when abs(minutes_28d) >= 9e6 then minutes_28d else cast(minutes_28d * 1e9 + case when minutes_28d >= 0 then 0.5 else -0.5 end as integer) / 1e9 end as minutes,
    case when abs(error_share_28d) >= 9e6 then error_share_28d else cast(error_share_28d * 1e9 + case when error_share_28d >= 0 then 0.5 else -0.5 end as integer) / 1e9 end as share_of_errors,
    error_share_28d > 0.35 and arr >= 50000 as errors_hurt,
    events_28d = 0 as silent,
    health__tenure < 60 as new,
    health__seats > 0.95 as upsell
  from out.values_account
  limit -1 offset 0
),
points as (
  select key, label, errors_hurt, silent, new, upsell,
    max(0.0, min(100.0, (seats_used - 0.2) / 0.7 * 100)) as seats,
    case when active_days_28d < 2 then 0.0 when active_days_28d < 5 then 40.0 when active_days_28d < 12 then 70.0
      when active_days_28d >= 12 then 100.0 end as regularity,
    case when events_28d <= 0 then 0.0 when events_28d < 40 then events_28d * 50 / 40
      when events_28d < 200 then 50 + (events_28d - 40) * 50 / 160 when events_28d >= 200 then 100.0 end as volume,
    max(0.0, min(100.0, (trend_ratio - 0.5) / 0.6 * 100)) as trend,
    case when features_90d < 2 then 0.0 when features_90d < 4 then 30.0 when features_90d < 6 then 60.0
      when features_90d >= 6 then 100.0 end as breadth,
    case when reports_28d <= 0 then 10.0 when reports_28d < 10 then 10 + reports_28d * 50 / 10
      when reports_28d < 60 then 60 + (reports_28d - 10) * 40 / 50 when reports_28d >= 60 then 100.0 end as reports,
    max(0.0, min(100.0, (minutes - 2) / 28 * 100)) as sessions,
    case when steadiness_ratio <= 0.5 then 0.0 when steadiness_ratio < 0.9 then (steadiness_ratio - 0.5) * 80 / 0.4
      when steadiness_ratio < 1.1 then 80 + (steadiness_ratio - 0.9) * 20 / 0.2
      when steadiness_ratio >= 1.1 then 100.0 end as steadiness,
    case when share_of_errors <= 0 then 100.0 when share_of_errors < 0.1 then 100 - share_of_errors * 20 / 0.1
      when share_of_errors < 0.4 then 80 - (share_of_errors - 0.1) * 80 / 0.3
      when share_of_errors >= 0.4 then 0.0 end as error_share,
    max(0.0, min(100.0, (60 - errors_90d) / 60 * 100)) as error_count,
    case plan_name when 'enterprise' then 100.0 when 'pro' then 70.0 when 'free' then 10.0 end as plan,
    case when days_old < 90 then 30.0 when days_old < 365 then 50.0 when days_old < 730 then 80.0
      when days_old >= 730 then 100.0 end as tenure
  from rounded
  limit -1 offset 0
),
-- what has data, by group and in per cent of the whole; no session data stands in as the worst and counts in its group
weights as (
  select *,
    30 * (seats is not null) + 30 * (regularity is not null) + 20 * (volume is not null)
      + 20 * (trend is not null) as adoption_weight,
    2 * (breadth is not null) + (reports is not null) + 1 as depth_weight,
    (steadiness is not null) + 3 * (error_share is not null) + (error_count is not null) as quality_weight,
    (plan is not null) + 2 * (tenure is not null) as commercial_weight,
    12 * (seats is not null) + 12 * (regularity is not null) + 8 * (volume is not null) + 8 * (trend is not null)
      + 10 * (breadth is not null) + 5 * (reports is not null) + 5 * (sessions is not null)
      + 5 * (steadiness is not null) + 15 * (error_share is not null) + 5 * (error_count is not null)
      + 5 * (plan is not null) + 10 * (tenure is not null) as covered
  from points
  limit -1 offset 0
),
groups_ as (
  select *,
    (30 * coalesce(seats, 0.0) + 30 * coalesce(regularity, 0.0) + 20 * coalesce(volume, 0.0)
      + 20 * coalesce(trend, 0.0)) / adoption_weight as adoption,
    (2 * coalesce(breadth, 0.0) + coalesce(reports, 0.0) + coalesce(sessions, 0.0)) / depth_weight as depth,
    (coalesce(steadiness, 0.0) + 3 * coalesce(error_share, 0.0) + coalesce(error_count, 0.0))
      / quality_weight as quality,
    (coalesce(plan, 0.0) + 2 * coalesce(tenure, 0.0)) / commercial_weight as commercial,
    40 * (adoption_weight > 0) + 20 * (depth_weight > 0) + 25 * (quality_weight > 0)
      + 15 * (commercial_weight > 0) as weight
  from weights
  limit -1 offset 0
),
combined as (
  select *, covered >= 50 as scored,
    (40 * coalesce(adoption, 0.0) + 20 * coalesce(depth, 0.0) + 25 * coalesce(quality, 0.0)
      + 15 * coalesce(commercial, 0.0)) / weight as mean,
    40.0 / weight / adoption_weight as adoption_share, 20.0 / weight / depth_weight as depth_share,
    25.0 / weight / quality_weight as quality_share, 15.0 / weight / commercial_weight as commercial_share
  from groups_
  limit -1 offset 0
),
-- points lost, in whole billionths, so that they compare as integers
losses as (
  select *,
    case when abs(mean) >= 9e6 then mean else cast(mean * 1e9 + case when mean >= 0 then 0.5 else -0.5 end as integer) / 1e9 end as before,
    cast(30 * adoption_share * (100 - seats) * 1e9 + 0.5 as integer) as seats_lost,
    cast(30 * adoption_share * (100 - regularity) * 1e9 + 0.5 as integer) as regularity_lost,
    cast(20 * adoption_share * (100 - volume) * 1e9 + 0.5 as integer) as volume_lost,
    cast(20 * adoption_share * (100 - trend) * 1e9 + 0.5 as integer) as trend_lost,
    cast(2 * depth_share * (100 - breadth) * 1e9 + 0.5 as integer) as breadth_lost,
    cast(depth_share * (100 - reports) * 1e9 + 0.5 as integer) as reports_lost,
    cast(depth_share * (100 - coalesce(sessions, 0)) * 1e9 + 0.5 as integer) as sessions_lost,
    cast(quality_share * (100 - steadiness) * 1e9 + 0.5 as integer) as steadiness_lost,
    cast(3 * quality_share * (100 - error_share) * 1e9 + 0.5 as integer) as error_share_lost,
    cast(quality_share * (100 - error_count) * 1e9 + 0.5 as integer) as error_count_lost,
    cast(commercial_share * (100 - plan) * 1e9 + 0.5 as integer) as plan_lost,
    cast(2 * commercial_share * (100 - tenure) * 1e9 + 0.5 as integer) as tenure_lost
  from combined
  limit -1 offset 0
),
-- the three dearest reasons, their letters in front: one small sort for each account (100,000 accounts: 0.7 s; finding
-- them by comparing columns 1.1 s; with the texts inside the sort 0.3 s more)
reasoned as (
  select *,
    case when scored then (
      select substr(group_concat(place, '') || '   ', 1, 3)
        || json_group_array(json_object('measure', measure, 'points', points, 'lost', lost / 1e9))
      from (
        select * from (
          select 'a' as place, 'seats' as measure, seats as points, seats_lost as lost union all
          select 'b' as place, 'regularity' as measure, regularity as points, regularity_lost as lost union all
          select 'c' as place, 'volume' as measure, volume as points, volume_lost as lost union all
          select 'd' as place, 'trend' as measure, trend as points, trend_lost as lost union all
          select 'e' as place, 'breadth' as measure, breadth as points, breadth_lost as lost union all
          select 'f' as place, 'reports' as measure, reports as points, reports_lost as lost union all
          select 'g' as place, 'sessions' as measure, sessions as points, sessions_lost as lost union all
          select 'h' as place, 'steadiness' as measure, steadiness as points, steadiness_lost as lost union all
          select 'i' as place, 'error_share' as measure, error_share as points, error_share_lost as lost union all
          select 'j' as place, 'error_count' as measure, error_count as points, error_count_lost as lost union all
          select 'k' as place, 'plan' as measure, plan as points, plan_lost as lost union all
          select 'l' as place, 'tenure' as measure, tenure as points, tenure_lost as lost
        ) where lost > 0 order by lost desc, place limit 3
      )
    ) else '   []' end as packed,
    case when (scored and (errors_hurt or silent or new)) or upsell then '['
      || substr(case when scored and errors_hurt then ',"errors_hurt"' else '' end
        || case when scored and silent then ',"silent"' else '' end
        || case when scored and new then ',"new"' else '' end || case when upsell then ',"upsell"' else '' end, 2)
      || ']' else '[]' end as guards,
    case when errors_hurt is null or silent is null or new is null or upsell is null then '['
      || substr(case when errors_hurt is null then ',"errors_hurt"' else '' end
        || case when silent is null then ',"silent"' else '' end || case when new is null then ',"new"' else '' end
        || case when upsell is null then ',"upsell"' else '' end, 2)
      || ']' else '[]' end as unjudged
  from losses
  limit -1 offset 0
),
guarded as (
  select *,
    case when scored then min(case when errors_hurt then 40.0 else 1e999 end, case when silent then 30.0 else 1e999 end,
      max(case when new then 50.0 else -1e999 end, before)) end as score
  from reasoned
)
select key, label, case when scored then 'scored' else 'insufficient_data' end, score,
  case when scored then before end,
  case when score >= 70 then 'healthy' when score >= 45 then 'watch' when score >= 0 then 'at_risk' end,
  covered / 100.0, adoption, depth, quality, commercial,
  seats, regularity, volume, trend, breadth, reports, sessions, steadiness, error_share, error_count, plan, tenure,
  guards, unjudged, substr(packed, 4),
  case substr(packed, 1, 1)
    when 'a' then 'Few licensed seats are in use' when 'b' then 'Used on few days' when 'c' then 'Little is done in the product'
    when 'd' then 'Usage falls' when 'e' then 'Few features are in use' when 'f' then 'Reports are hardly opened'
    when 'g' then 'Sessions are short' when 'h' then 'Sessions get shorter' when 'i' then 'Many sessions end in errors'
    when 'j' then 'Many errors in the quarter' when 'k' then 'On a small plan' when 'l' then 'A new customer' end,
  case substr(packed, 2, 1)
    when 'a' then 'Few licensed seats are in use' when 'b' then 'Used on few days' when 'c' then 'Little is done in the product'
    when 'd' then 'Usage falls' when 'e' then 'Few features are in use' when 'f' then 'Reports are hardly opened'
    when 'g' then 'Sessions are short' when 'h' then 'Sessions get shorter' when 'i' then 'Many sessions end in errors'
    when 'j' then 'Many errors in the quarter' when 'k' then 'On a small plan' when 'l' then 'A new customer' end,
  case substr(packed, 3, 1)
    when 'a' then 'Few licensed seats are in use' when 'b' then 'Used on few days' when 'c' then 'Little is done in the product'
    when 'd' then 'Usage falls' when 'e' then 'Few features are in use' when 'f' then 'Reports are hardly opened'
    when 'g' then 'Sessions are short' when 'h' then 'Sessions get shorter' when 'i' then 'Many sessions end in errors'
    when 'j' then 'Many errors in the quarter' when 'k' then 'On a small plan' when 'l' then 'A new customer' end
from guarded;
