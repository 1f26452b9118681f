-- What makes the table of entries append-only, whoever connects; only the owner of the table could take it away.
create or replace function entry_is_kept() returns trigger language plpgsql as $$
begin
  raise exception 'the ledger is append-only: an entry is never changed or removed';
end $$;

create or replace trigger entry_is_never_changed before update or delete on entry
for each row execute function entry_is_kept();

create or replace trigger entry_is_never_emptied before truncate on entry
for each statement execute function entry_is_kept();

create or replace function entry_follows() returns trigger language plpgsql as $$
declare head record;
begin
  select seq, hash into head from entry order by seq desc limit 1;
  if new.seq <> coalesce(head.seq, 0) + 1 or new.previous_hash <> coalesce(head.hash, repeat('0', 64)) then
    raise exception 'the ledger is append-only: an entry follows the newest one';
  end if;
  return new;
end $$;

create or replace trigger entry_follows_the_head before insert on entry
for each row execute function entry_follows();
