-- One row per household that a town may visit: whom to ask for, where, and who lives there.
with alive as (
    select
        household_no,
        resident_key,
        role,
        name,
        resident_id,
        address,
        grid_no,
        age_years
    from identities
),

roles as (
    select
        positions.role,
        positions.position,
        positions.label
    from (
        values
        ('head', 1, '户主'),
        ('spouse', 2, '配偶'),
        ('parent', 3, '父母'),
        ('child', 4, '子女'),
        ('other', 5, '其他')
    ) as positions (role, position, label)
),

ordered as (
    select
        alive.household_no,
        alive.name,
        alive.resident_id,
        alive.address,
        alive.grid_no,
        -- Where no head is left, the eldest adult nearest to the head is asked for.
        row_number() over (
            partition by alive.household_no
            order by coalesce(roles.position, 5) asc, alive.age_years desc nulls last, alive.resident_key asc
        ) as place
    from alive
    left join roles on alive.role = roles.role
),

counted as (
    select
        alive.household_no,
        coalesce(roles.position, 5) as position,
        coalesce(roles.label, '其他') as label,
        count(*) as persons,
        string_agg(
            coalesce(cast(alive.age_years as varchar), '？'), '、'
            order by alive.age_years desc nulls last, alive.resident_key asc
        ) as ages
    from alive
    left join roles on alive.role = roles.role
    group by alive.household_no, coalesce(roles.position, 5), coalesce(roles.label, '其他')
),

described as (
    select
        household_no,
        sum(persons) || '人：' || string_agg(
            label || ages || '岁', '、' order by position asc
        ) as members_zh
    from counted
    group by household_no
)

select
    ordered.household_no,
    ordered.name as head_name,
    ordered.resident_id as head_id,
    ordered.address,
    ordered.grid_no,
    described.members_zh
from ordered
inner join described on ordered.household_no = described.household_no
where ordered.place = 1
