-- One row per funeral.
select
    resident_key,
    died_on
from civil_affairs__funerals
