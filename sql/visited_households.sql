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
        coalesce(roles.position, 5) as position,
        coalesce(roles.label, '其他') as label,
        coalesce(cast(alive.age_years as varchar), '？') as age,
        -- Where no head is left, the eldest adult nearest to the head is asked for.
        row_number() over (
            partition by alive.household_no
            order by coalesce(roles.position, 5) asc, alive.age_years desc nulls last, alive.resident_key asc
        ) as place
    from alive
    left join roles on alive.role = roles.role
),

-- Lists are put in order afterwards: sorting within an aggregate costs several times as much.
counted as (
    select
        household_no,
        position,
        label,
        count(*) as persons,
        list(age) as ages,
        list(place) as places
    from ordered
    group by household_no, position, label
),

told as (
    select
        household_no,
        position,
        persons,
        label || array_to_string(list_select(ages, list_grade_up(places)), '、') || '岁' as ages_zh
    from counted
),

gathered as (
    select
        household_no,
        sum(persons) as persons,
        list(ages_zh) as ages_zh,
        list(position) as positions
    from told
    group by household_no
),

described as (
    select
        household_no,
        persons || '人：' || array_to_string(list_select(ages_zh, list_grade_up(positions)), '、') as members_zh
    from gathered
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
