{{ config(materialized='table') }}
select c.email, sum(o.amount) as revenue
from {{ ref('stg_orders') }} as o
join {{ ref('customers') }} as c on c.customer_id = o.customer_id
group by c.email
