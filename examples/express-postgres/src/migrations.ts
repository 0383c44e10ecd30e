/** The backend's own schema, in order. What is here once is never edited: a change is a new entry. */
export const MIGRATIONS: readonly string[] = [
  `create table projects (
     id integer generated always as identity primary key,
     slug text not null unique
   );
   create table users (
     email text primary key,
     project_id integer not null references projects,
     role text not null check (role in ('admin', 'viewer')),
     password_hash text not null
   );
   create table sessions (
     token_hash text primary key,
     email text not null references users,
     expires_at timestamptz not null
   )`,
  `create table apps (
     id integer generated always as identity primary key,
     project_id integer not null references projects,
     name text not null,
     unique (project_id, name)
   );
   create table environments (
     id integer generated always as identity primary key,
     project_id integer not null references projects,
     name text not null,
     unique (project_id, name)
   );
   create table variants (
     id integer generated always as identity primary key,
     app_id integer not null references apps,
     name text not null,
     unique (app_id, name)
   );
   create table revisions (
     id integer generated always as identity primary key,
     variant_id integer not null references variants,
     number integer not null,
     config json not null,
     unique (variant_id, number)
   )`,
  `create table deployments (
     id integer generated always as identity primary key,
     app_id integer not null references apps,
     environment_id integer not null references environments,
     revision_id integer not null references revisions,
     message text not null,
     deployed_by text not null references users,
     deployed_at timestamptz not null default now()
   );
   create index on deployments (app_id, environment_id, id desc)`,
  `alter table variants add last_revision integer not null default 0;
   update variants set last_revision = (select coalesce(max(number), 0) from revisions where variant_id = variants.id)`,
]
