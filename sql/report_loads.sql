-- One row per town: households above the bar against the visits it can make, and how far the list reaches.
select
    town_code,
    households,
    listed,
    waiting,
    visits,
    load,
    served_share,
    above_bar_per_1000,
    is_unlike_city,
    lowest_priority_listed,
    highest_priority_waiting,
    longest_wait_months
from town_loads
where month = $month_start
order by town_code asc
