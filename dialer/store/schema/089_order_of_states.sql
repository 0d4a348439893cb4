-- Which of two states of an agent came first, where both have the same time.

create function dialer.order_of_state(state text) returns integer
language sql immutable parallel safe
return array_position(
    array['calling', 'talking', 'wrap_up', 'ready', 'previewing', 'reserved', 'paused', 'offline', 'lost'], state);
