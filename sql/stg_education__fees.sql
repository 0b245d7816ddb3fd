-- One row per pupil and term as delivered: the term's fee.
select
    resident_key,
    make_date(cast(left(term, 4) as integer), case when term like '%autumn' then 9 else 3 end, 1)
        as term_began_on,
    -- a yearly fee is halved per term; half a cent stays half a cent until the sum is rounded
    max(tuition_yuan * case when fee_period = 'year' then 0.5 else 1.0 end) as fee_yuan,
    month
from education__enrolments_window
group by resident_key, term, month
