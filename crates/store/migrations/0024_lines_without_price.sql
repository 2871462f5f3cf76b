-- Lines of orders that come without a price wait for one: no price, no total, never 0.

alter table order_lines
  alter column unit_price drop not null,
  alter column line_total drop not null,
  add constraint order_lines_total_needs_price_check check ((unit_price is null) = (line_total is null)) not valid;

alter table order_lines validate constraint order_lines_total_needs_price_check;
