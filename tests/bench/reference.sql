-- One row per household: its members, the answer of every stable rule (null = unknown), what became of it.
--
-- Written by hand from the definitions and from the words of the rules, with neither the rule compiler
-- nor the pipeline's SQL, for a month to which every department delivered and that follows no other.
-- Reads views of accepted rows: <extract> is this month's roll or the window's twelve months of a flow;
-- <extract>_window the window's months of a roll. Amounts are whole fen, so that no sum is rounded.
with recursive

p as (
    -- the month, the law's values in force in 2022, and selection.yaml
    select
        cast($month_start as date) as month_start,
        last_day(cast($month_start as date)) as month_end,
        cast(cast($month_start as date) - interval 11 months as date) as window_start,
        cast(cast($month_start as date) - interval 5 months as date) as half_year_start,
        15 as household_size_cap,
        60 as pension_age_men,
        55 as pension_age_women,
        116000 as dibao_fen,
        174000 as edge_line_fen,
        232000 as weak_labour_ceiling_fen,
        5790100 as disposable_income_a_year_fen,
        800000 as medical_limit_fen,
        1000000 as fees_limit_fen,
        10000000 as paid_in_limit_fen,
        36 as car_age_limit_months,
        40 as home_area_limit_m2,
        2 as bar_dimensions,
        5 as visits_per_community
),

minimum_wages (since_on, wage_fen) as (
    values (date '2020-01-01', 172000), (date '2021-12-01', 190000)
),

months as (
    select
        cast(series.month_on as date) as month_on,
        arg_max(minimum_wages.wage_fen, minimum_wages.since_on) as wage_fen
    from p
    cross join generate_series(p.window_start, p.month_start, interval 1 month) as series (month_on)
    inner join minimum_wages on minimum_wages.since_on <= last_day(series.month_on)
    group by series.month_on
),

-- ---------------------------------------------------------------- who is here

deaths as (
    select
        resident_key,
        min(died_on) as died_on
    from (
        select resident_key, event_on as died_on
        from public_security__cancellations
        where reason = 'death'
        union all
        select resident_key, died_on
        from civil_affairs__funerals
    ) as told
    where
        died_on <= (select month_end from p)
        -- signs of life after the death: a person has to find out first
        and resident_key not in (
            select resident_key from identity_conflicts where is_open and kind = 'death_and_life'
        )
    group by resident_key
),

departures as (
    select
        resident_key,
        max(event_on) as left_on
    from public_security__cancellations
    where reason in ('moved_out', 'abroad') and event_on <= (select month_end from p)
    group by resident_key
),

permits as (
    select *
    from public_security__residence_permits
    where permit_expires_on is null or permit_expires_on >= (select month_end from p)
),

grid_places as (
    select *
    from towns__living_places
    where recorded_on <= (select month_end from p)
),

registered as (
    select
        register.resident_key,
        register.sex,
        register.birth_on,
        case when register.register_type = 'family' then register.household_register_no end as register_no,
        register.relation_to_head as relation,
        register.register_address as address,
        register.town_code
    from public_security__residents as register
    left join deaths on register.resident_key = deaths.resident_key
    left join departures on register.resident_key = departures.resident_key
    where
        deaths.resident_key is null
        and (departures.resident_key is null or register.moved_in_on > departures.left_on)
        and register.birth_on <= (select month_end from p)
),

migrants as (
    select
        permits.resident_key,
        permits.sex,
        permits.birth_on,
        permits.living_address as address,
        permits.town_code
    from permits
    anti join registered on permits.resident_key = registered.resident_key
    left join deaths on permits.resident_key = deaths.resident_key
    left join departures on permits.resident_key = departures.resident_key
    where
        deaths.resident_key is null
        and (departures.resident_key is null or permits.permit_issued_on > departures.left_on)
        and permits.birth_on <= (select month_end from p)
),

births as (
    select
        coalesce(resident_key, birth_certificate_key) as child_key,
        mother_key,
        father_key,
        sex,
        born_on
    from health__births
    where born_on <= (select month_end from p)
),

-- A newborn in no register yet lives with the mother.
newborns as (
    select
        births.child_key as resident_key,
        any_value(births.sex) as sex,
        any_value(births.born_on) as birth_on,
        any_value(coalesce(permits.living_address, grid_places.living_address, mother.address)) as address,
        any_value(coalesce(permits.town_code, grid_places.town_code, mother.town_code)) as town_code
    from births
    inner join (
        select resident_key, address, town_code from registered
        union all
        select resident_key, address, town_code from migrants
    ) as mother on births.mother_key = mother.resident_key
    left join permits on births.mother_key = permits.resident_key
    left join grid_places on births.mother_key = grid_places.resident_key
    anti join registered on births.child_key = registered.resident_key
    anti join migrants on births.child_key = migrants.resident_key
    anti join deaths on births.child_key = deaths.resident_key
    anti join departures on births.child_key = departures.resident_key
    group by births.child_key
),

present as (
    select resident_key, sex, birth_on, true as is_local, register_no, relation, address, town_code
    from registered
    union all
    select resident_key, sex, birth_on, false, null, null, address, town_code
    from migrants
    union all
    select resident_key, sex, birth_on, false, null, null, address, town_code
    from newborns
),

residents as materialized (
    select
        present.resident_key,
        present.sex,
        present.birth_on,
        extract(year from p.month_end) - extract(year from present.birth_on)
        - case when strftime(present.birth_on, '%m%d') > strftime(p.month_end, '%m%d') then 1 else 0 end
            as age,
        present.is_local,
        present.register_no,
        present.relation,
        coalesce(permits.living_address, grid_places.living_address, present.address) as address,
        coalesce(permits.town_code, grid_places.town_code, present.town_code) as town_code,
        permits.resident_key is not null or grid_places.resident_key is not null as is_place_known,
        enrolments.resident_key is not null as is_enrolled,
        permits.guardian_key
    from present
    cross join p
    left join permits on present.resident_key = permits.resident_key
    left join grid_places on present.resident_key = grid_places.resident_key
    left join (select distinct resident_key from education__enrolments) as enrolments
        on present.resident_key = enrolments.resident_key
),

-- ---------------------------------------------------------------- income by person

declared as (
    -- one payment sent again in a later month is the same payment
    select
        resident_key,
        income_month_on as month_on,
        cast(arg_max(income_yuan, month) * 100 as bigint) as declared_fen
    from taxation__incomes
    group by resident_key, income_month_on, income_kind, payer_no
),

bases as (
    select
        resident_key,
        contribution_month_on as month_on,
        cast(arg_max(contribution_base_yuan, month) * 100 as bigint) as base_fen
    from human_resources__contributions
    group by resident_key, contribution_month_on
),

pensions as (
    select
        resident_key,
        pension_month_on as month_on,
        cast(arg_max(pension_yuan, month) * 100 as bigint) as pension_fen
    from human_resources__pensions
    group by resident_key, pension_month_on
),

benefits as (
    select
        spells.resident_key,
        months.month_on,
        cast(spells.benefit_monthly_yuan * 100 as bigint) as benefit_fen
    from human_resources__unemployment as spells
    inner join months
        on
            date_trunc('month', spells.benefit_from_on) <= months.month_on
            and coalesce(spells.benefit_until_on, spells.deregistered_on, date '9999-12-31')
            >= months.month_on
    where spells.benefit_monthly_yuan is not null
),

records as (
    select resident_key, month_on, declared_fen, null as base_fen, 0 as other_fen, true as is_pay_or_pension
    from declared
    union all
    select resident_key, month_on, null, base_fen, 0, true
    from bases
    union all
    select resident_key, month_on, null, null, pension_fen, true
    from pensions
    union all
    select resident_key, month_on, null, null, benefit_fen, false
    from benefits
),

-- Declared income; without it the contribution base; plus pension and benefit.
recorded_months as (
    select
        resident_key,
        month_on,
        coalesce(sum(declared_fen), any_value(base_fen), 0) + sum(other_fen) as income_fen,
        bool_or(is_pay_or_pension) as is_pay_or_pension,
        count(declared_fen) + count(base_fen) > 0 as is_work
    from records
    group by resident_key, month_on
),

recorded as (
    select
        recorded_months.resident_key,
        sum(recorded_months.income_fen) as recorded_fen,
        count(*) as recorded_months,
        sum(months.wage_fen) as wages_of_recorded_fen,
        bool_or(recorded_months.is_pay_or_pension and recorded_months.month_on = p.month_start) as is_earning,
        bool_or(recorded_months.is_work and recorded_months.month_on = p.month_start) as is_working
    from recorded_months
    inner join months on recorded_months.month_on = months.month_on
    cross join p
    group by recorded_months.resident_key
),

-- ---------------------------------------------------------------- who lives together

marriage_entries as (
    select resident_key, spouse_key, marriage_status, registered_on
    from civil_affairs__marriages
    where registered_on <= (select month_end from p)
    union all
    select spouse_key, resident_key, marriage_status, registered_on
    from civil_affairs__marriages
    where registered_on <= (select month_end from p)
),

-- Of one day's entries a divorce comes after the marriage it ends.
last_entries as (
    select *
    from marriage_entries
    qualify
        row_number() over (
            partition by resident_key order by registered_on desc, marriage_status asc, spouse_key asc
        ) = 1
),

-- A marriage holds when it is the latest entry of both.
married as (
    select
        one.resident_key,
        one.spouse_key
    from last_entries as one
    inner join last_entries as other
        on one.spouse_key = other.resident_key and one.resident_key = other.spouse_key
    where one.marriage_status = 'married'
),

dependants as (
    select residents.*
    from residents
    left join recorded on residents.resident_key = recorded.resident_key
    left join married on residents.resident_key = married.resident_key
    where
        residents.age < 18
        or (
            residents.age <= 22
            and residents.is_enrolled
            and not coalesce(recorded.is_earning, false)
            and married.resident_key is null
        )
),

claims as (
    select child_key, mother_key as parent_key, 1 as preference
    from births
    union all
    select child_key, father_key, 2
    from births
    union all
    select child.resident_key, parent.resident_key, case parent.relation when 'head' then 3 else 4 end
    from dependants as child
    inner join residents as parent on child.register_no = parent.register_no
    where child.relation = 'child' and parent.relation in ('head', 'spouse')
    union all
    select resident_key, guardian1_key, 5
    from education__enrolments
    union all
    select resident_key, guardian2_key, 6
    from education__enrolments
    union all
    select resident_key, guardian_key, 7
    from residents
),

-- A dependant lives with one parent: one at its own place goes first.
parents as (
    select
        child.resident_key as child_key,
        parent.resident_key as parent_key,
        parent.address,
        row_number() over (
            partition by child.resident_key
            order by child.address <> parent.address, claims.preference, parent.resident_key
        ) as choice
    from claims
    inner join dependants as child on claims.child_key = child.resident_key
    inner join residents as parent on claims.parent_key = parent.resident_key
    where parent.age >= 14 and parent.resident_key <> child.resident_key
),

-- Adults of one family register at one address; people of collective registers and migrants one by one.
homes as (
    select
        residents.resident_key,
        residents.register_no,
        residents.address,
        case
            when residents.register_no is null then residents.resident_key
            else min(residents.resident_key) over (partition by residents.register_no, residents.address)
        end as home,
        case
            when residents.register_no is null then 1
            else count(*) over (partition by residents.register_no, residents.address)
        end as adults
    from residents
    anti join dependants on residents.resident_key = dependants.resident_key
),

-- Couples, and parents of one child at one place, make two homes one, unless one is above the cap.
couples as (
    select resident_key as one_key, spouse_key as other_key
    from married
    union
    select first.parent_key, second.parent_key
    from parents as first
    inner join parents as second on first.child_key = second.child_key and first.address = second.address
    where first.choice = 1 and second.choice > 1
    union
    select second.parent_key, first.parent_key
    from parents as first
    inner join parents as second on first.child_key = second.child_key and first.address = second.address
    where first.choice = 1 and second.choice > 1
),

-- Written as two steps: in one the planner would pair every home with every other.
halves as materialized (
    select
        couples.other_key,
        homes.home
    from couples
    inner join homes on couples.one_key = homes.resident_key
    where homes.adults <= (select household_size_cap from p)
),

joined_homes as materialized (
    select distinct
        halves.home,
        homes.home as other_home
    from halves
    inner join homes on halves.other_key = homes.resident_key
    where halves.home <> homes.home and homes.adults <= (select household_size_cap from p)
),

-- The smallest home that each is joined to, over any number of steps.
joined (home, smallest) using key (home) as (
    select distinct home, home as smallest
    from joined_homes
    union
    select
        joined_homes.other_home as home,
        min(joined.smallest) as smallest
    from joined
    inner join joined_homes on joined.home = joined_homes.home
    inner join recurring.joined as known on joined_homes.other_home = known.home
    where joined.smallest < known.smallest
    group by joined_homes.other_home
),

of_adults as (
    select
        homes.resident_key,
        homes.register_no,
        homes.address,
        coalesce(joined.smallest, homes.home) as household
    from homes
    left join joined on homes.home = joined.home
),

of_homes as (
    select
        register_no,
        address,
        any_value(household) as household
    from of_adults
    where register_no is not null
    group by register_no, address
),

-- Without a parent: with the adults of register and address, else with each other, else alone.
of_orphans as (
    select
        dependants.resident_key,
        coalesce(
            of_homes.household,
            case
                when dependants.register_no is not null
                    then min(dependants.resident_key) over (
                        partition by dependants.register_no, dependants.address
                    )
            end,
            dependants.resident_key
        ) as household
    from dependants
    anti join parents on dependants.resident_key = parents.child_key
    left join of_homes
        on dependants.register_no = of_homes.register_no and dependants.address = of_homes.address
),

of_children as (
    select
        parents.child_key as resident_key,
        parents.parent_key,
        coalesce(of_adults.household, of_orphans.household) as household
    from parents
    left join of_adults on parents.parent_key = of_adults.resident_key
    left join of_orphans on parents.parent_key = of_orphans.resident_key
    where parents.choice = 1
),

-- A child's parent may be a child of the house itself.
living_together as (
    select resident_key, household
    from of_adults
    union all
    select resident_key, household
    from of_orphans
    union all
    select
        child.resident_key,
        coalesce(child.household, parent.household, child.resident_key)
    from of_children as child
    left join of_children as parent on child.parent_key = parent.resident_key
),

members as materialized (
    select
        residents.*,
        living_together.household
    from residents
    inner join living_together on residents.resident_key = living_together.resident_key
),

heads as (
    select
        household,
        case
            when count(*) filter (where relation = 'head' and register_no is not null) = 1
                then min(resident_key) filter (where relation = 'head' and register_no is not null)
            else arg_min(resident_key, (birth_on, resident_key))
        end as head_key
    from members
    group by household
),

-- The head's place of living, else that of the eldest of whom it is known, else the head's register.
places as (
    select
        members.household,
        arg_min(
            members.town_code,
            (
                not members.is_place_known,
                members.resident_key <> heads.head_key,
                members.birth_on,
                members.resident_key
            )
        ) as town_code
    from members
    inner join heads on members.household = heads.household
    group by members.household
),

-- ---------------------------------------------------------------- spending by person

bills as (
    -- a document sent again in a later month is the same document
    select
        settlement_no,
        settled_on,
        resident_key,
        stay_no,
        -- a visit outside hospital ends with the month; 21 and 52 are stays
        case when visit_kind in ('21', '52') then null else date_trunc('month', settled_on) end as visit_month,
        month,
        coalesce(is_refund, false) or total_yuan < 0 as is_refund,
        abs(total_yuan) as total_yuan,
        abs(self_paid_yuan) as amount_yuan,
        cast(
            case when coalesce(is_refund, false) then -abs(self_paid_yuan) else self_paid_yuan end * 100
            as bigint
        ) as paid_fen
    from medical_insurance__settlements
    qualify row_number() over (partition by settlement_no, settled_on order by month desc) = 1
),

shared_stays as (
    select
        resident_key,
        stay_no,
        visit_month,
        row_number() over (order by resident_key, stay_no, visit_month) as stay
    from bills
    where stay_no is not null
    group by resident_key, stay_no, visit_month
    having count(*) > 1
),

bills_of_shared_stays as (
    select
        bills.*,
        shared_stays.stay,
        row_number() over (
            partition by shared_stays.stay, bills.total_yuan, bills.amount_yuan, bills.is_refund
            order by bills.settled_on, bills.month, bills.settlement_no
        ) as nth
    from bills
    inner join shared_stays
        on
            bills.resident_key = shared_stays.resident_key
            and bills.stay_no = shared_stays.stay_no
            and bills.visit_month is not distinct from shared_stays.visit_month
),

-- The first refund takes back the first equal bill of its stay, the second the second.
taken_back as (
    select
        bill.settlement_no as bill_no,
        bill.settled_on as billed_on,
        refund.settlement_no as refund_no,
        refund.settled_on as refunded_on
    from bills_of_shared_stays as bill
    inner join bills_of_shared_stays as refund using (stay, total_yuan, amount_yuan, nth)
    where refund.is_refund and not bill.is_refund
),

-- Of a stay billed twice the latest bill counts.
superseded as (
    select
        bill.settlement_no,
        bill.settled_on
    from bills_of_shared_stays as bill
    anti join taken_back
        on bill.settlement_no = taken_back.bill_no and bill.settled_on = taken_back.billed_on
    where not bill.is_refund
    qualify
        row_number() over (
            partition by bill.stay, bill.total_yuan
            order by bill.settled_on desc, bill.month desc, bill.settlement_no desc
        ) > 1
),

uncounted as (
    select bill_no as settlement_no, billed_on as settled_on from taken_back
    union all
    select refund_no, refunded_on from taken_back
    union all
    select settlement_no, settled_on from superseded
),

medical as (
    select
        bills.resident_key,
        sum(bills.paid_fen) as paid_fen
    from bills
    anti join uncounted
        on bills.settlement_no = uncounted.settlement_no and bills.settled_on = uncounted.settled_on
    where bills.settled_on between (select window_start from p) and (select month_end from p)
    group by bills.resident_key
),

-- A fee counts once, in the window in which its term began; a yearly fee is halved per term.
terms as (
    select
        resident_key,
        term,
        cast(
            arg_max(case fee_period when 'year' then tuition_yuan else tuition_yuan * 2 end, month) * 100
            as bigint
        ) as twice_fee_fen
    from education__enrolments_window
    group by resident_key, term
),

fees as (
    select
        resident_key,
        sum(twice_fee_fen) as twice_fees_fen
    from terms
    where
        make_date(
            cast(left(term, 4) as integer), case when term like '%-autumn' then 9 else 3 end, 1
        ) between (select window_start from p) and (select month_end from p)
    group by resident_key
),

-- ---------------------------------------------------------------- who died and left bills or nobody to earn

last_records as (
    select *
    from (
        select resident_key, sex, birth_on, household_register_no, month, 1 as preference
        from public_security__residents_window
        where resident_key in (select resident_key from deaths)
        union all
        select resident_key, sex, birth_on, null, month, 2
        from public_security__residence_permits_window
        where resident_key in (select resident_key from deaths)
    ) as stood
    qualify row_number() over (partition by resident_key order by month desc, preference) = 1
),

died as (
    select
        deaths.resident_key,
        deaths.died_on,
        last_records.household_register_no as register_no,
        extract(year from deaths.died_on) - extract(year from last_records.birth_on)
        - case
            when strftime(last_records.birth_on, '%m%d') > strftime(deaths.died_on, '%m%d') then 1 else 0
        end as age,
        case last_records.sex when 'M' then p.pension_age_men else p.pension_age_women end as pension_age
    from deaths
    inner join last_records on deaths.resident_key = last_records.resident_key
    cross join p
    where deaths.died_on >= p.window_start
),

-- The widow's or widower's household, else the one that holds most of the family register, else of the
-- first by key of the children they were parent or guardian of.
kin as (
    select
        died.resident_key,
        members.household,
        1 as preference
    from died
    inner join last_entries on died.resident_key = last_entries.resident_key
    inner join members on last_entries.spouse_key = members.resident_key
    where last_entries.marriage_status = 'married'
    union all
    select
        died.resident_key,
        members.household,
        2
    from died
    inner join members on died.register_no = members.register_no
    union all
    select
        wards.parent_key,
        members.household,
        3
    from (
        select
            claims.parent_key,
            min(dependants.resident_key) as resident_key
        from claims
        inner join died on claims.parent_key = died.resident_key
        inner join dependants on claims.child_key = dependants.resident_key
        group by claims.parent_key
    ) as wards
    inner join members on wards.resident_key = members.resident_key
),

bereaved as (
    select
        resident_key,
        household
    from (
        select
            kin.resident_key,
            kin.household,
            kin.preference,
            count(*) as relatives,
            min(firsts.first_key) as first_key
        from kin
        inner join (select household, min(resident_key) as first_key from members group by household)
            as firsts on kin.household = firsts.household
        group by kin.resident_key, kin.household, kin.preference
    ) as counted
    qualify
        row_number() over (partition by resident_key order by preference, relatives desc, first_key) = 1
),

losses as (
    select
        bereaved.household,
        count(*) filter (where died.age >= 18 and died.age < died.pension_age) as breadwinners,
        coalesce(sum(medical.paid_fen), 0) as paid_fen,
        coalesce(sum(fees.twice_fees_fen), 0) as twice_fees_fen
    from bereaved
    inner join died on bereaved.resident_key = died.resident_key
    left join medical on died.resident_key = medical.resident_key
    left join fees on died.resident_key = fees.resident_key
    group by bereaved.household
),

-- ---------------------------------------------------------------- what the registers say of a person

certificates as (
    select
        resident_key,
        min(cast(disability_grade as integer)) as grade,
        arg_min(disability_category, (cast(disability_grade as integer), disability_category)) as category
    from disabled_persons__certificates
    cross join p
    where
        certificate_status = 'valid'
        and issued_on <= p.month_end
        and (expires_on is null or expires_on >= p.month_end)
    group by resident_key
),

illnesses as (
    select distinct resident_key
    from health__major_illnesses
    where registered_on <= (select month_end from p)
),

spells as (
    select
        resident_key,
        bool_or(deregistered_on is null or deregistered_on > p.month_end) as is_registered,
        max(benefit_until_on) as benefit_until_on,
        arg_max(
            coalesce(benefit_from_on, benefit_until_on),
            (benefit_until_on, coalesce(benefit_from_on, benefit_until_on))
        ) filter (where benefit_until_on is not null) as benefit_from_on
    from human_resources__unemployment
    cross join p
    where registered_on <= p.month_end
    group by resident_key
),

-- Benefit ended within six months, and no contribution since: for a later month, or for the benefit's
-- last month when it had begun before that (else it may be of the work that was lost).
unsupported as (
    select spells.resident_key
    from spells
    cross join p
    where
        spells.benefit_until_on <= p.month_end
        and date_diff('month', date_trunc('month', spells.benefit_until_on), p.month_start) < 6
        and not exists (
            select 1
            from bases
            where
                bases.resident_key = spells.resident_key
                and bases.month_on <= p.month_start
                and bases.month_on >= date_trunc('month', spells.benefit_until_on)
                and (
                    bases.month_on > date_trunc('month', spells.benefit_until_on)
                    or bases.month_on > spells.benefit_from_on
                )
        )
),

rolls as (
    select
        resident_key,
        bool_or(coalesce(is_single_person, false)) as is_covered_alone,
        bool_or(not coalesce(is_single_person, false)) as covers_household
    from civil_affairs__assistance_roll
    cross join p
    where
        assistance_type in ('dibao', 'edge', 'tekun', 'orphan')
        and started_on <= p.month_end
        and (stopped_on is null or stopped_on > p.month_end)
    group by resident_key
),

persons as (
    select
        members.resident_key,
        members.household,
        members.age,
        members.is_local,
        members.age >= case members.sex when 'M' then p.pension_age_men else p.pension_age_women end
            as is_of_pension_age,
        case
            when members.is_enrolled then true
            when members.age between 6 and 15 or members.age between 18 and 22 then null
            else false
        end as is_student,
        coalesce(spells.is_registered, false) as is_registered_unemployed,
        unsupported.resident_key is not null as has_lost_benefit,
        certificates.grade,
        certificates.category,
        case
            when certificates.resident_key is not null then true
            when members.is_local then false
        end as has_certificate,
        insured.resident_key is not null as is_insured,
        case
            when illnesses.resident_key is not null then true
            when insured.resident_key is not null then false
        end as has_major_illness,
        coalesce(rolls.is_covered_alone, false) as is_covered_alone,
        coalesce(rolls.covers_household, false) as covers_household,
        coalesce(recorded.is_working, false) as is_working,
        coalesce(recorded.recorded_fen, 0) as recorded_fen,
        coalesce(recorded.recorded_months, 0) as recorded_months,
        wages.wages_fen - coalesce(recorded.wages_of_recorded_fen, 0) as unrecorded_wages_fen,
        coalesce(medical.paid_fen, 0) as paid_fen,
        coalesce(fees.twice_fees_fen, 0) as twice_fees_fen
    from members
    cross join p
    cross join (select sum(wage_fen) as wages_fen from months) as wages
    left join (select distinct resident_key from medical_insurance__enrolments) as insured
        on members.resident_key = insured.resident_key
    left join certificates on members.resident_key = certificates.resident_key
    left join illnesses on members.resident_key = illnesses.resident_key
    left join spells on members.resident_key = spells.resident_key
    left join unsupported on members.resident_key = unsupported.resident_key
    left join rolls on members.resident_key = rolls.resident_key
    left join recorded on members.resident_key = recorded.resident_key
    left join medical on members.resident_key = medical.resident_key
    left join fees on members.resident_key = fees.resident_key
),

assessed as (
    select
        *,
        case
            when age < 18 then 0
            when recorded_months = 12 then recorded_fen
            when
                is_of_pension_age or is_registered_unemployed or is_student or grade <= 2 or has_major_illness
                then recorded_fen
            -- at school elsewhere, perhaps
            when age <= 22 and is_student is null then null
            -- who could work and has no record counts at the minimum wage
            else recorded_fen + unrecorded_wages_fen
        end as income_fen,
        case when age < 18 then 0 else recorded_fen end as known_income_fen,
        case when has_certificate then grade <= 2 else has_certificate end as is_severely_disabled,
        age >= 18 and not is_of_pension_age as is_of_working_age
    from persons
),

-- ---------------------------------------------------------------- households

sums as (
    select
        household,
        list(resident_key order by resident_key) as members,
        count(*) as size,
        bool_or(age >= 18) as has_adult,
        bool_or(resident_key in (select resident_key from identity_conflicts where is_open)) as is_disputed,
        bool_or(is_local) as is_local,
        coalesce(bool_or(age < 6 or age >= 80 or is_severely_disabled), false) as is_vulnerable,
        bool_or(covers_household) or bool_and(is_covered_alone) as is_covered,
        sum(paid_fen) as paid_fen,
        bool_and(is_insured) as is_paid_whole,
        sum(twice_fees_fen) as twice_fees_fen,
        bool_and(is_student is not null) as are_fees_whole,
        case when count(income_fen) = count(*) then sum(income_fen) end as income_fen,
        sum(coalesce(income_fen, known_income_fen)) as known_income_fen,
        -- only that nobody is able to work is ever asked
        bool_or(
            is_of_working_age
            and case
                when is_severely_disabled or has_major_illness or is_student then false
                when is_working then true
                when is_severely_disabled is null or has_major_illness is null or is_student is null then null
                else true
            end
        ) as is_somebody_able,
        bool_or(
            is_of_working_age
            and not coalesce(is_severely_disabled or has_major_illness or is_student, false)
            and not is_working
            and (is_severely_disabled is null or has_major_illness is null or is_student is null)
        ) as is_ability_unknown,
        coalesce(
            bool_or(is_of_working_age and (is_registered_unemployed or has_lost_benefit))
                filter (where not is_covered_alone),
            false
        ) as is_unemployed,
        max(case when is_registered_unemployed then 4 else 6 end)
            filter (
                where
                    not is_covered_alone
                    and is_of_working_age
                    and (is_registered_unemployed or has_lost_benefit)
            ) as unemployment_points,
        coalesce(
            bool_or(grade <= 2 or (category in ('5', '6') and grade <= 4)) filter (where not is_covered_alone),
            false
        ) as is_disabled,
        coalesce(bool_or(has_certificate is null) filter (where not is_covered_alone), false)
            as is_disability_unknown,
        max(case grade when 1 then 8 when 2 then 6 else 4 end)
            filter (where not is_covered_alone and (grade <= 2 or (category in ('5', '6') and grade <= 4)))
            as disability_points
    from assessed
    group by household
),

incidents as (
    select
        members.household,
        count(*) as incidents
    from (
        select distinct resident_key, incident_on, incident_kind
        from emergency__incidents
        where incident_on between (select half_year_start from p) and (select month_end from p)
    ) as happened
    inner join members on happened.resident_key = members.resident_key
    group by members.household
),

grades as (
    select
        members.household,
        max(latest.danger_grade) as danger_grade
    from (
        select
            resident_key,
            arg_max(danger_grade, assessed_on) as danger_grade
        from housing__dilapidated_houses
        where assessed_on <= (select month_end from p)
        group by resident_key
    ) as latest
    inner join members on latest.resident_key = members.resident_key
    group by members.household
),

dwellings as (
    -- halves of a couple make a whole
    select
        members.household,
        property.property_no,
        max(property.area_m2) as area_m2,
        sum(
            cast(split_part(property.share, '/', 1) as double)
            / cast(split_part(property.share, '/', 2) as double)
        ) > 0.9999 as is_whole
    from housing__properties as property
    inner join members on property.resident_key = members.resident_key
    where property.property_use = 'dwelling'
    group by members.household, property.property_no
),

homes_owned as (
    select
        household,
        count(*) filter (where is_whole) as whole_homes,
        coalesce(sum(area_m2) filter (where is_whole), 0) as area_m2
    from dwellings
    group by household
),

cars as (
    select
        members.household,
        max(vehicle.first_registered_on) as newest_on
    from public_security__vehicles as vehicle
    inner join members on vehicle.resident_key = members.resident_key
    where vehicle.vehicle_type = 'car' and vehicle.vehicle_status = 'normal'
    group by members.household
),

capital as (
    select
        household,
        sum(paid_in_fen) as paid_in_fen
    from (
        select
            members.household,
            business.credit_code,
            max(cast(business.paid_in_capital_yuan * 100 as bigint)) as paid_in_fen
        from market_supervision__businesses as business
        inner join members on business.resident_key = members.resident_key
        where business.business_status = 'active'
        group by members.household, business.credit_code
    ) as companies
    group by household
),

-- Rounded as people read it: once, to whole fen, half away from zero. Quotients of whole numbers of this
-- size that end in exactly a half are exact.
figures as (
    select
        sums.*,
        places.town_code,
        sums.paid_fen + coalesce(losses.paid_fen, 0) as medical_fen,
        (sums.twice_fees_fen + coalesce(losses.twice_fees_fen, 0)) / 2 as fees_fen,
        coalesce(losses.breadwinners, 0) as breadwinners,
        losses.household is not null as is_bereaved,
        coalesce(incidents.incidents, 0) as incidents,
        grades.danger_grade,
        homes_owned.whole_homes,
        homes_owned.area_m2,
        date_diff('month', date_trunc('month', cars.newest_on), p.month_start) as car_age_months,
        capital.household is not null as has_business,
        capital.paid_in_fen,
        round(sums.income_fen / 12) as income_a_month_fen,
        round(sums.income_fen / (12 * sums.size)) as income_a_head_fen,
        round(sums.known_income_fen / (12 * sums.size)) as known_income_a_head_fen
    from sums
    cross join p
    inner join places on sums.household = places.household
    left join losses on sums.household = losses.household
    left join incidents on sums.household = incidents.household
    left join grades on sums.household = grades.household
    left join homes_owned on sums.household = homes_owned.household
    left join cars on sums.household = cars.household
    left join capital on sums.household = capital.household
),

spending as (
    select
        *,
        is_paid_whole and are_fees_whole as is_spending_whole,
        round((medical_fen + fees_fen) / 12) as spending_a_month_fen,
        round((income_fen - medical_fen - fees_fen) / (12 * size)) as net_a_head_at_most_fen
    from figures
),

-- ---------------------------------------------------------------- the rules

answers as (
    select
        spending.*,
        case when is_spending_whole then net_a_head_at_most_fen end as net_a_head_fen,
        incidents >= 1 as accident_or_disaster,
        case when is_disabled then true when not is_disability_unknown then false end as disability,
        fees_fen >= p.fees_limit_fen or (case when are_fees_whole then fees_fen end) >= p.fees_limit_fen
            as education_cost,
        medical_fen >= p.medical_limit_fen
        or (case when is_paid_whole then medical_fen end) >= p.medical_limit_fen as heavy_medical_spending,
        breadwinners >= 1 as lost_breadwinner,
        income_a_head_fen <= p.edge_line_fen and known_income_a_head_fen <= p.edge_line_fen and is_local
            as low_income,
        net_a_head_at_most_fen < p.dibao_fen
        or (case when is_spending_whole then net_a_head_at_most_fen end) < p.dibao_fen
            as net_income_below_dibao,
        case
            when has_business then paid_in_fen >= p.paid_in_limit_fen and medical_fen + fees_fen <= paid_in_fen
            else false
        end as paid_in_capital,
        coalesce(car_age_months < p.car_age_limit_months, false) as recent_car,
        (
            spending_a_month_fen > 0
            or (case when is_spending_whole then spending_a_month_fen end) > 0
        )
        and (
            spending_a_month_fen * 10 >= 6 * income_a_month_fen
            or (case when is_spending_whole then spending_a_month_fen end) * 10 >= 6 * income_a_month_fen
        )
        and income_a_head_fen * 12 < p.disposable_income_a_year_fen
        and known_income_a_head_fen * 12 < p.disposable_income_a_year_fen as rigid_spending_ratio,
        whole_homes >= 2 and round(area_m2 * 100 / size) > p.home_area_limit_m2 * 100 as second_home,
        is_unemployed as unemployment,
        coalesce(danger_grade in ('C', 'D'), false) as unsafe_housing,
        case when is_somebody_able then false when not is_ability_unknown then true end
        and income_a_head_fen < p.weak_labour_ceiling_fen
        and known_income_a_head_fen < p.weak_labour_ceiling_fen as weak_labour_capacity
    from spending
    cross join p
),

-- ---------------------------------------------------------------- who is listed, and in which order

-- How many times the limit: from 1, 1.25, 1.5, 2, 3 and 5 times on 2, 3, 4, 6, 8 and 10 points.
ratios as (
    select
        answers.*,
        fees_fen / p.fees_limit_fen as fees_ratio,
        medical_fen / p.medical_limit_fen as medical_ratio,
        case when income_a_head_fen <= 0 then 10 else p.edge_line_fen / income_a_head_fen end as income_ratio,
        case when net_a_head_at_most_fen <= 0 then 10 else p.dibao_fen / net_a_head_at_most_fen end as net_ratio,
        case
            when income_a_month_fen <= 0 then 10
            else spending_a_month_fen * 10 / (6 * income_a_month_fen)
        end as spending_ratio
    from answers
    cross join p
),

scored as (
    select
        *,
        case
            when medical_ratio >= 5 then 10 when medical_ratio >= 3 then 8 when medical_ratio >= 2 then 6
            when medical_ratio >= 1.5 then 4 when medical_ratio >= 1.25 then 3 when medical_ratio >= 1 then 2
            else 0
        end as medical_points,
        case
            when fees_ratio >= 5 then 10 when fees_ratio >= 3 then 8 when fees_ratio >= 2 then 6
            when fees_ratio >= 1.5 then 4 when fees_ratio >= 1.25 then 3 when fees_ratio >= 1 then 2
            else 0
        end as fees_points,
        case
            when income_ratio >= 5 then 10 when income_ratio >= 3 then 8 when income_ratio >= 2 then 6
            when income_ratio >= 1.5 then 4 when income_ratio >= 1.25 then 3 when income_ratio >= 1 then 2
            else 0
        end as income_points,
        case
            when net_ratio >= 5 then 10 when net_ratio >= 3 then 8 when net_ratio >= 2 then 6
            when net_ratio >= 1.5 then 4 when net_ratio >= 1.25 then 3 when net_ratio >= 1 then 2
            else 0
        end as net_points,
        case
            when spending_ratio >= 5 then 10 when spending_ratio >= 3 then 8 when spending_ratio >= 2 then 6
            when spending_ratio >= 1.5 then 4 when spending_ratio >= 1.25 then 3 when spending_ratio >= 1 then 2
            else 0
        end as spending_points,
        least(10, 4 + 2 * incidents) as accident_points,
        case when danger_grade = 'D' then 8 else 5 end as housing_points,
        case when income_a_head_fen < p.weak_labour_ceiling_fen / 2 then 6 else 4 end as labour_points
    from ratios
    cross join p
    where
        accident_or_disaster or disability or education_cost or heavy_medical_spending or lost_breadwinner
        or low_income or net_income_below_dibao or rigid_spending_ratio or unemployment or unsafe_housing
        or weak_labour_capacity
),

-- Rules that list on their own give points, but no dimension.
judged as (
    select
        *,
        10 * dimensions
        + case when heavy_medical_spending then medical_points else 0 end
        + greatest(
            case when unemployment then unemployment_points else 0 end,
            case when weak_labour_capacity then labour_points else 0 end
        )
        + case when disability then disability_points else 0 end
        + case when education_cost then fees_points else 0 end
        + greatest(
            case when lost_breadwinner then 6 else 0 end,
            case when low_income then income_points else 0 end,
            case when net_income_below_dibao then net_points else 0 end,
            case when rigid_spending_ratio then spending_points else 0 end
        )
        + case when accident_or_disaster then accident_points else 0 end
        + case when unsafe_housing then housing_points else 0 end
        + case when is_vulnerable then 3 else 0 end as priority,
        case
            when is_covered then 'covered'
            when recent_car or second_home or paid_in_capital then 'assets'
            when
                dimensions < (select bar_dimensions from p)
                and not coalesce(low_income or net_income_below_dibao or rigid_spending_ratio, false)
                then 'below_bar'
            -- the adults are missing from the data, unless they are known to have died
            when
                is_disputed
                or size > (select household_size_cap from p)
                or not (has_adult or is_bereaved)
                then 'conflict'
        end as reason
    from (
        select
            *,
            cast(coalesce(heavy_medical_spending, false) as integer)
            + cast(coalesce(unemployment or weak_labour_capacity, false) as integer)
            + cast(coalesce(disability, false) as integer)
            + cast(coalesce(education_cost, false) as integer)
            + cast(lost_breadwinner as integer)
            + cast(accident_or_disaster as integer)
            + cast(unsafe_housing as integer) as dimensions
        from scored
    ) as counted
),

-- The published key: HMAC-SHA256 of the household's number, which is a hash of its first member's key.
keyed as (
    select
        household,
        town_code,
        priority,
        net_a_head_at_most_fen,
        'H' || left(
            sha256(
                $outer_key || unhex(
                    sha256($inner_key || encode('household:' || md5_number_lower(
                        members[1] || ' ' || (select month_end from p)
                    ) // 4))
                )
            ), 16
        ) as key
    from judged
    where reason is null
),

capacities as (
    select
        communities.town_code,
        count(*) * any_value(p.visits_per_community) as visits
    from communities
    cross join p
    group by communities.town_code
),

ranked as (
    select
        keyed.household,
        upper(keyed.key) as household_key,
        row_number() over (
            partition by keyed.town_code
            order by
                keyed.priority desc, keyed.net_a_head_at_most_fen asc nulls last, upper(keyed.key) asc
        ) as rank,
        capacities.visits
    from keyed
    left join capacities on keyed.town_code = capacities.town_code
)

select
    answers.members,
    answers.town_code,
    answers.accident_or_disaster,
    answers.disability,
    answers.education_cost,
    answers.heavy_medical_spending,
    answers.lost_breadwinner,
    answers.low_income,
    answers.net_income_below_dibao,
    answers.paid_in_capital,
    answers.recent_car,
    answers.rigid_spending_ratio,
    answers.second_home,
    answers.unemployment,
    answers.unsafe_housing,
    answers.weak_labour_capacity,
    case
        when judged.household is null then null
        when judged.reason is not null then judged.reason
        when ranked.rank > ranked.visits then 'waiting_for_capacity'
        else 'listed'
    end as outcome,
    judged.priority,
    ranked.rank,
    ranked.household_key
from answers
left join judged on answers.household = judged.household
left join ranked on answers.household = ranked.household
