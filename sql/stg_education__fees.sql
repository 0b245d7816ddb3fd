-- One row per pupil and term as delivered: the term's fee.
select
    resident_key,
    make_date(cast(left(term, 4) as integer), case when term like '%autumn' then 9 else 3 end, 1)
        as term_began_on,
    -- a yearly fee is halved per term: counted in half cents, no half is lost before the sum
    max(cast(tuition_yuan * 100 as bigint) * case when fee_period = 'year' then 1 else 2 end)
        as fee_half_cents,
    month
from education__enrolments_window
group by resident_key, term, month
