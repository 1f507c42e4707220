/**
 * The queries that read a schema back from PostgreSQL's catalogs, one kind of thing each. Months
 * of a partitioned table are left out: they come and go, and are made by a function.
 */
import { sql } from "./sql.ts";

export interface CatalogRow {
  readonly name: string;
  /** The table it belongs to, "" where it belongs to none. */
  readonly owner: string;
  readonly definition: string;
}

export interface ColumnRow {
  readonly owner: string;
  readonly name: string;
  readonly type: string;
  readonly default: string | null;
  readonly not_null: boolean;
  readonly generated: string;
  readonly identity: string;
}

/** Ordinary tables and partitioned parents of the public schema. */
const tables = sql`
  select oid, relname, relkind, reloptions
  from pg_class
  where relnamespace = 'public'::regnamespace
    and relkind in ('r', 'p')
    and not relispartition
`;

export const tableRows = sql`
  select relname as name, '' as owner,
         case relkind when 'p' then ' partition by ' || pg_get_partkeydef(oid) else '' end
         || coalesce(' with (' || array_to_string(reloptions, ', ') || ')', '') as definition
  from (${tables}) as tables
  order by relname
`;

export const columnRows = sql`
  select tables.relname as owner, attname as name, format_type(atttypid, atttypmod) as type,
         pg_get_expr(adbin, adrelid) as default, attnotnull as not_null,
         attgenerated::text as generated, attidentity::text as identity
  from (${tables}) as tables
  join pg_attribute on attrelid = tables.oid and attnum > 0 and not attisdropped
  left join pg_attrdef on adrelid = attrelid and adnum = attnum
  order by tables.relname, attnum
`;

/** Keys and checks first, so that foreign keys find what they point at. */
export const constraintRows = sql`
  select conname as name, tables.relname as owner, pg_get_constraintdef(con.oid) as definition
  from (${tables}) as tables
  join pg_constraint con on conrelid = tables.oid
  where conparentid = 0 and contype in ('p', 'u', 'x', 'c', 'f')
  order by contype = 'f', tables.relname, contype <> 'p', conname
`;

export const indexRows = sql`
  select index.relname as name, tables.relname as owner,
         pg_get_indexdef(index.oid) as definition
  from (${tables}) as tables
  join pg_index on indrelid = tables.oid
  join pg_class index on index.oid = indexrelid
  where not exists (
    select from pg_constraint where conindid = indexrelid and contype in ('p', 'u', 'x')
  )
  order by tables.relname, index.relname
`;

export const triggerRows = sql`
  select tgname as name, tables.relname as owner, pg_get_triggerdef(trigger.oid) as definition
  from (${tables}) as tables
  join pg_trigger trigger on tgrelid = tables.oid
  where not tgisinternal and tgparentid = 0
  order by tables.relname, tgname
`;

export const viewRows = sql`
  select relname as name, '' as owner, rtrim(pg_get_viewdef(oid), ';') as definition
  from pg_class
  where relnamespace = 'public'::regnamespace and relkind = 'v'
  order by relname
`;

/** Not those of extensions, which bring their own. */
export const functionRows = sql`
  select oid::regprocedure::text as name, '' as owner, rtrim(pg_get_functiondef(oid)) as definition
  from pg_proc
  where pronamespace = 'public'::regnamespace and prokind in ('f', 'p')
    and not exists (
      select from pg_depend
      where classid = 'pg_proc'::regclass and objid = pg_proc.oid and deptype = 'e'
    )
  order by proname, oid::regprocedure::text
`;

/** Not those behind an identity column. */
export const sequenceRows = sql`
  select relname as name, '' as owner,
         format('as %s increment %s minvalue %s maxvalue %s start %s cache %s%s',
                format_type(seqtypid, null), seqincrement, seqmin, seqmax, seqstart, seqcache,
                case when seqcycle then ' cycle' else '' end) as definition
  from pg_class
  join pg_sequence on seqrelid = oid
  where relnamespace = 'public'::regnamespace
    and not exists (
      select from pg_depend
      where classid = 'pg_class'::regclass and objid = pg_class.oid and deptype = 'i'
    )
  order by relname
`;

/** Enumerations and domains. */
export const typeRows = sql`
  select type.typname as name, '' as owner,
         case type.typtype
           when 'e' then 'as enum (' || (
             select string_agg(quote_literal(enumlabel), ', ' order by enumsortorder)
             from pg_enum where enumtypid = type.oid) || ')'
           else 'as ' || format_type(type.typbasetype, type.typtypmod) || coalesce(
             (select string_agg(' ' || pg_get_constraintdef(oid), '' order by conname)
              from pg_constraint where contypid = type.oid), '')
         end as definition
  from pg_type type
  where typnamespace = 'public'::regnamespace and typtype in ('e', 'd')
  order by typname
`;

/** Not PostgreSQL's own. */
export const extensionRows = sql`
  select extname as name, '' as owner, '' as definition
  from pg_extension
  where extname <> 'plpgsql'
  order by extname
`;

/** What roles other than the owner may do: on the schema, tables, columns, sequences, functions. */
export const grantRows = sql`
  with target as (
    select 'schema ' || nspname as name, nspowner as owner_id, nspacl as acl, '' as column_list
    from pg_namespace where nspname = 'public'
    union all
    select case relkind when 'S' then 'sequence ' else 'table ' end || relname, relowner, relacl, ''
    from pg_class
    where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'v', 'S')
      and not relispartition
    union all
    select 'table ' || relname, relowner, attacl, format(' (%I)', attname)
    from pg_class join pg_attribute on attrelid = pg_class.oid
    where relnamespace = 'public'::regnamespace and not relispartition and attacl is not null
      and not attisdropped
    union all
    select 'function ' || pg_proc.oid::regprocedure::text, proowner,
           coalesce(proacl, acldefault('f', proowner)), ''
    from pg_proc
    where pronamespace = 'public'::regnamespace
  )
  select target.name || ' to ' || coalesce(rolname, 'public') as name, '' as owner,
         string_agg(lower(privilege_type) || column_list, ', '
                    order by lower(privilege_type) || column_list)
         || ' on ' || target.name || ' to ' || coalesce(rolname, 'public') as definition
  from target
  cross join aclexplode(acl) as granted
  left join pg_roles on pg_roles.oid = grantee
  where grantee <> owner_id
    and not (grantee = 0 and (target.name = 'schema public' or target.name like 'function %'))
  group by target.name, rolname
  order by target.name, rolname nulls first
`;

/** Functions that not everybody may call, as everybody may by default. */
export const revokeRows = sql`
  select format('function %s from public', oid::regprocedure) as name, '' as owner,
         format('execute on function %s', oid::regprocedure) as definition
  from pg_proc
  where pronamespace = 'public'::regnamespace
    and not exists (
      select from aclexplode(coalesce(proacl, acldefault('f', proowner)))
      where grantee = 0 and privilege_type = 'EXECUTE'
    )
  order by oid::regprocedure::text
`;
