-- What makes the table of entries append-only, whoever opens the file.
create trigger if not exists entry_is_never_changed before update on entry
begin
  select raise(abort, 'the ledger is append-only: an entry is never changed');
end;

create trigger if not exists entry_is_never_removed before delete on entry
begin
  select raise(abort, 'the ledger is append-only: an entry is never removed');
end;

-- also against "insert or replace", which removes rows without the trigger above (https://www.sqlite.org/lang_conflict.html)
create trigger if not exists entry_follows_the_head before insert on entry
when new.seq is not (select coalesce(max(seq), 0) + 1 from entry)
  or new.previous_hash is not coalesce((select hash from entry order by seq desc limit 1), hex(zeroblob(32)))
begin
  select raise(abort, 'the ledger is append-only: an entry follows the newest one');
end;
