-- Service operations (jobs at customers, their quality and training) and what staff do for accounts: activities and tasks.

-- A booking or piece of work at a customer. webhook_data and webhook_log_id tell which inbound webhook made or last changed it; the log
-- is partitioned and pruned, so no foreign key points at it.
create table service_jobs (
  tenant_id uuid not null,
  id uuid not null,
  customer_id uuid not null,
  assigned_to_id uuid,
  service_type text collate "und-x-icu" not null,
  description text,
  status text not null default 'NEW',
  priority text not null default 'MEDIUM',
  scheduled_at timestamptz,
  completed_at timestamptz,
  n8n_workflow_id text collate "C",
  webhook_data jsonb,
  webhook_log_id uuid,
  attributes jsonb not null default '{}',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  created_by uuid,
  version integer not null default 1,
  archived_at timestamptz,
  archived_by uuid,
  search_text text collate "und-x-icu" generated always as (lower(coalesce(service_type collate "und-x-icu", '') || ' ' || coalesce(description collate "und-x-icu", ''))) stored,
  constraint service_jobs_pkey primary key (tenant_id, id),
  constraint service_jobs_status_choice check (status in ('NEW', 'IN_PROGRESS', 'COMPLETED', 'CANCELLED', 'ON_HOLD')),
  constraint service_jobs_priority_choice check (priority in ('LOW', 'MEDIUM', 'HIGH', 'URGENT')),
  constraint service_jobs_customer_id_link foreign key (tenant_id, customer_id) references customers (tenant_id, id),
  constraint service_jobs_assigned_to_id_link foreign key (tenant_id, assigned_to_id) references users (tenant_id, id)
);
create index service_jobs_search_text_idx on service_jobs using gin (tenant_id, search_text gin_trgm_ops);
create index service_jobs_customer_id_status_idx on service_jobs (tenant_id, customer_id, status);
create index service_jobs_assigned_to_id_status_idx on service_jobs (tenant_id, assigned_to_id, status) where assigned_to_id is not null;
create index service_jobs_status_priority_idx on service_jobs (tenant_id, status, priority);
create index service_jobs_status_idx on service_jobs (tenant_id, status, id);
create index service_jobs_service_type_idx on service_jobs (tenant_id, service_type, id);
create index service_jobs_scheduled_at_idx on service_jobs (tenant_id, scheduled_at, id);
create index service_jobs_scheduled_at_desc_idx on service_jobs (tenant_id, scheduled_at desc nulls last, id desc);
create index service_jobs_created_at_idx on service_jobs (tenant_id, created_at, id);

-- What is looked at when the quality of a job is checked. items: a list of {key, label, mandatory}.
create table quality_checklists (
  tenant_id uuid not null,
  id uuid not null,
  name text collate "und-x-icu" not null,
  description text,
  items jsonb not null default '[]',
  is_active boolean not null default true,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  created_by uuid,
  version integer not null default 1,
  archived_at timestamptz,
  archived_by uuid,
  search_text text collate "und-x-icu" generated always as (lower(coalesce(name collate "und-x-icu", '') || ' ' || coalesce(description collate "und-x-icu", ''))) stored,
  constraint quality_checklists_pkey primary key (tenant_id, id),
  constraint quality_checklists_name_key unique (tenant_id, name)
);
create index quality_checklists_search_text_idx on quality_checklists using gin (tenant_id, search_text gin_trgm_ops);
create index quality_checklists_created_at_idx on quality_checklists (tenant_id, created_at, id);

-- One check of one job by a checklist. results: what was found, by the checklist's items.
create table quality_checks (
  tenant_id uuid not null,
  id uuid not null,
  service_job_id uuid not null,
  checklist_id uuid not null,
  status text not null default 'PENDING',
  results jsonb not null default '[]',
  completed_by_id uuid,
  completed_at timestamptz,
  notes text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  created_by uuid,
  version integer not null default 1,
  archived_at timestamptz,
  archived_by uuid,
  constraint quality_checks_pkey primary key (tenant_id, id),
  constraint quality_checks_status_choice check (status in ('PENDING', 'IN_PROGRESS', 'PASSED', 'FAILED', 'NEEDS_REVIEW')),
  constraint quality_checks_service_job_id_link foreign key (tenant_id, service_job_id) references service_jobs (tenant_id, id),
  constraint quality_checks_checklist_id_link foreign key (tenant_id, checklist_id) references quality_checklists (tenant_id, id),
  constraint quality_checks_completed_by_id_link foreign key (tenant_id, completed_by_id) references users (tenant_id, id)
);
create index quality_checks_service_job_id_idx on quality_checks (tenant_id, service_job_id);
create index quality_checks_checklist_id_idx on quality_checks (tenant_id, checklist_id);
create index quality_checks_completed_by_id_idx on quality_checks (tenant_id, completed_by_id) where completed_by_id is not null;
create index quality_checks_status_idx on quality_checks (tenant_id, status, id);
create index quality_checks_created_at_idx on quality_checks (tenant_id, created_at, id);

-- From papers to trained people; one per job.
create table training_workflows (
  tenant_id uuid not null,
  id uuid not null,
  service_job_id uuid not null,
  status text not null default 'AWAITING_DOCUMENTS',
  documents_received boolean not null default false,
  training_completed boolean not null default false,
  notes text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  created_by uuid,
  version integer not null default 1,
  archived_at timestamptz,
  archived_by uuid,
  constraint training_workflows_pkey primary key (tenant_id, id),
  constraint training_workflows_status_choice check (status in ('AWAITING_DOCUMENTS', 'DOCUMENTS_RECEIVED', 'TRAINING_IN_PROGRESS', 'TRAINING_COMPLETED', 'COMPLETED')),
  constraint training_workflows_service_job_id_key unique (tenant_id, service_job_id),
  constraint training_workflows_service_job_id_link foreign key (tenant_id, service_job_id) references service_jobs (tenant_id, id)
);
create index training_workflows_status_idx on training_workflows (tenant_id, status, id);
create index training_workflows_created_at_idx on training_workflows (tenant_id, created_at, id);

-- Something done with an account: a call, a visit, a message.
create table activities (
  tenant_id uuid not null,
  id uuid not null,
  kind text not null,
  customer_id uuid,
  company_id uuid,
  user_id uuid,
  outcome text,
  occurred_at timestamptz not null default now(),
  notes text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  created_by uuid,
  version integer not null default 1,
  archived_at timestamptz,
  archived_by uuid,
  search_text text collate "und-x-icu" generated always as (lower(coalesce(outcome collate "und-x-icu", '') || ' ' || coalesce(notes collate "und-x-icu", ''))) stored,
  constraint activities_pkey primary key (tenant_id, id),
  constraint activities_kind_choice check (kind in ('call', 'visit', 'email', 'sample', 'note')),
  constraint activities_account_check check (num_nonnulls(customer_id, company_id) > 0),
  constraint activities_customer_id_link foreign key (tenant_id, customer_id) references customers (tenant_id, id),
  constraint activities_company_id_link foreign key (tenant_id, company_id) references companies (tenant_id, id),
  constraint activities_user_id_link foreign key (tenant_id, user_id) references users (tenant_id, id)
);
create index activities_search_text_idx on activities using gin (tenant_id, search_text gin_trgm_ops);
create index activities_customer_id_occurred_at_idx on activities (tenant_id, customer_id, occurred_at) where customer_id is not null;
create index activities_company_id_occurred_at_idx on activities (tenant_id, company_id, occurred_at) where company_id is not null;
create index activities_user_id_occurred_at_idx on activities (tenant_id, user_id, occurred_at) where user_id is not null;
create index activities_occurred_at_idx on activities (tenant_id, occurred_at, id);
create index activities_created_at_idx on activities (tenant_id, created_at, id);

-- Something someone is to do, about a record of any entity or none.
create table tasks (
  tenant_id uuid not null,
  id uuid not null,
  title text collate "und-x-icu" not null,
  assignee_id uuid,
  due_on date,
  status text not null default 'OPEN',
  priority text not null default 'MEDIUM',
  entity text collate "C",
  entity_id uuid,
  from_management boolean not null default false,
  notes text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  created_by uuid,
  version integer not null default 1,
  archived_at timestamptz,
  archived_by uuid,
  search_text text collate "und-x-icu" generated always as (lower(coalesce(title collate "und-x-icu", '') || ' ' || coalesce(notes collate "und-x-icu", ''))) stored,
  constraint tasks_pkey primary key (tenant_id, id),
  constraint tasks_status_choice check (status in ('OPEN', 'IN_PROGRESS', 'DONE', 'CANCELLED')),
  constraint tasks_priority_choice check (priority in ('LOW', 'MEDIUM', 'HIGH', 'URGENT')),
  constraint tasks_record_check check ((entity is null) = (entity_id is null)),
  constraint tasks_assignee_id_link foreign key (tenant_id, assignee_id) references users (tenant_id, id)
);
create index tasks_search_text_idx on tasks using gin (tenant_id, search_text gin_trgm_ops);
create index tasks_assignee_id_status_idx on tasks (tenant_id, assignee_id, status) where assignee_id is not null;
create index tasks_entity_id_idx on tasks (tenant_id, entity_id) where entity_id is not null;
create index tasks_status_idx on tasks (tenant_id, status, id);
create index tasks_due_on_idx on tasks (tenant_id, due_on, id);
create index tasks_due_on_desc_idx on tasks (tenant_id, due_on desc nulls last, id desc);
create index tasks_created_at_idx on tasks (tenant_id, created_at, id);
