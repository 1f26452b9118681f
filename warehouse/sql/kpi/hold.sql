-- grain: one row per scope of a fact held by a person in a role  key: none
-- reads: kpi_owner, core_ownership, core_person
-- parameters: fact, scopes (its scope types, person left out where the fact names nobody), roles (that ask; empty = all)
-- Whose role owns nothing else of the fact holds the own rows (scope type person). Once anybody in the role owns by
-- another scope, a person without one was forgotten: that is missing, not 0.
insert into kpi_held by name
with
stated as (
    select scope_type, scope_id, role_id, person_id, share, valid_from, valid_to
    from kpi_owner
    where list_contains($scopes, scope_type) and (len($roles) = 0 or list_contains($roles, role_id))
),
by_scope as (  -- roles that own the fact by something else, from the first day of it
    select role_id, min(valid_from) as since
    from core_ownership
    where list_contains($scopes, scope_type) and scope_type <> 'person'
    group by role_id
),
own as (
    select
        'person' as scope_type, p.person_id as scope_id, p.role_id, p.person_id, cast(1 as decimal(7, 6)) as share,
        p.valid_from,
        -- until the day before: from then on somebody in the role owns by another scope
        least(coalesce(p.valid_to, date '9999-12-31'), coalesce(b.since - 1, date '9999-12-31')) as valid_to
    from core_person as p
    left join by_scope as b on b.role_id = p.role_id
    where list_contains($scopes, 'person') and (len($roles) = 0 or list_contains($roles, p.role_id))
        and not exists (
            select 1 from core_ownership as x
            where x.scope_type = 'person' and x.scope_id = p.person_id and x.person_id = p.person_id
                and x.role_id = p.role_id
        )
)
select $fact as fact, * from stated
union all by name
select $fact as fact, * from own where valid_from <= valid_to
