-- One row per household drawn for the audit: in each town some of those below the bar and of those unmatched.
with draw as (
    select
        cast($audit_seed as bigint) as seed,
        cast($audit_households as integer) as households,
        cast($audit_seen_since as date) as seen_since
),

below_bar as (
    select household_no
    from exclusions
    where reason = 'below_bar'
),

matched as (
    select household_no
    from concerned_numbers
    where is_matched
),

drawn_lately as (
    select distinct household_no
    from audit_samples_before
),

-- Whom a visit is owed anyway, or who was visited or drawn not long ago, is not drawn.
eligible as (
    select
        household_profile.household_no,
        household_profile.town_code,
        case when below_bar.household_no is not null then 'below_bar' else 'unmatched' end as stratum,
        -- Numbers of households are hashes already; the month's secret seed makes another order of them.
        xor(household_profile.household_no, draw.seed) as lot
    from household_profile
    left join below_bar on household_profile.household_no = below_bar.household_no
    left join matched on household_profile.household_no = matched.household_no
    left join drawn_lately on household_profile.household_no = drawn_lately.household_no
    cross join draw
    where
        household_profile.town_code is not null
        and coalesce(household_profile.is_covered, true) = false
        and coalesce(household_profile.is_conflict, false) = false
        and coalesce(household_profile.last_visited_on <= draw.seen_since, true)
        and drawn_lately.household_no is null
        and (below_bar.household_no is not null or matched.household_no is null)
),

-- The smallest lots are kept while reading: ranking every household of the city would cost ten times that.
drawn as (
    select
        town_code,
        stratum,
        count(*) as eligible_households,
        arg_min(household_no, lot, greatest(cast($audit_households as integer), 1)) as household_nos
    from eligible
    group by town_code, stratum
),

placed as (
    select
        town_code,
        stratum,
        eligible_households,
        unnest(household_nos) as household_no,
        generate_subscripts(household_nos, 1) as draw_place
    from drawn
)

select
    placed.town_code,
    placed.stratum,
    placed.eligible_households,
    placed.household_no,
    placed.draw_place
from placed
cross join draw
where placed.draw_place <= draw.households
