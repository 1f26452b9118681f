-- The arithmetic from base to grade, with who adjusted a total and why: people sign it, so that it stands on the card.
alter table scorecard add column steps json;
