-- Orders in: the answer to a repeated request, and what of an order a courier needs.

-- An answer is kept for a day under the sender's own key: the same request again gets the same answer.
create table dialer.receipt (
    sender text not null,
    key text not null,
    fingerprint text not null, -- of the request
    status smallint not null,
    answer json not null, -- as it was, not as it would be written now
    made_at timestamptz not null,
    primary key (sender, key)
);

create index receipt_made on dialer.receipt (made_at);

-- Goods, sums in kopecks, where it is handed over. Written before its lead, whose id is made at the edge.
create table dialer.order_data (
    lead uuid primary key,
    data jsonb not null
);
