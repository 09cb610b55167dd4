{{ config(materialized='table') }}
select order_id, customer_id, cast(amount as decimal(18, 2)) as amount from {{ ref('orders') }}
