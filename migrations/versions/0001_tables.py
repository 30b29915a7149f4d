"""Tables, as `app/models` describes them"""

from alembic import op
import sqlalchemy as sa
import geoalchemy2
from sqlalchemy.dialects import postgresql

revision = '0001'
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    for extension in ("postgis", "pg_trgm", "btree_gist"):
        op.execute(f"CREATE EXTENSION IF NOT EXISTS {extension}")
    op.execute("CREATE SCHEMA IF NOT EXISTS vault")
    op.execute("CREATE SCHEMA IF NOT EXISTS public_data")
    op.create_geospatial_table('area',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=True), nullable=False),
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('rank', sa.SmallInteger(), nullable=False),
    sa.Column('level', sa.SmallInteger(), nullable=True),
    sa.Column('parent_code', sa.Text(), nullable=True),
    sa.Column('valid_from', sa.Date(), nullable=False),
    sa.Column('valid_until', sa.Date(), nullable=True),
    sa.Column('source', sa.Text(), server_default='', nullable=False),
    sa.Column('demo', sa.Boolean(), server_default=sa.text('false'), nullable=False),
    sa.Column('geom', geoalchemy2.Geometry('MULTIPOLYGON', srid=4326, spatial_index=False), nullable=False),
    sa.Column('name_kk', sa.Text(), nullable=False),
    sa.Column('name_ru', sa.Text(), nullable=False),
    sa.Column('name_en', sa.Text(), nullable=False),
    sa.CheckConstraint('valid_until IS NULL OR valid_until > valid_from', name=op.f('ck_area_validity')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_area'))
    )
    op.create_geospatial_index('ix_area_geom', 'area', ['geom'], unique=False, postgresql_using='gist', postgresql_ops={})
    op.create_index('ix_area_parent_code', 'area', ['parent_code'], unique=False)
    op.create_index('uq_area_code_valid_from', 'area', ['code', 'valid_from'], unique=True)
    op.create_table('body_kind',
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('name_kk', sa.Text(), nullable=False),
    sa.Column('name_ru', sa.Text(), nullable=False),
    sa.Column('name_en', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('code', name=op.f('pk_body_kind'))
    )
    op.create_table('calendar_day',
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('working', sa.Boolean(), nullable=False),
    sa.Column('name_kk', sa.Text(), nullable=False),
    sa.Column('name_ru', sa.Text(), nullable=False),
    sa.Column('name_en', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('day', name=op.f('pk_calendar_day'))
    )
    op.create_table('hazard_type',
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('type_group', sa.Text(), nullable=False),
    sa.Column('advice_kk', sa.Text(), nullable=False),
    sa.Column('advice_ru', sa.Text(), nullable=False),
    sa.Column('advice_en', sa.Text(), nullable=False),
    sa.Column('geometry', sa.Text(), nullable=False),
    sa.Column('severity', sa.Text(), nullable=False),
    sa.Column('make_safe_hours', sa.SmallInteger(), nullable=True),
    sa.Column('fix_value', sa.SmallInteger(), nullable=True),
    sa.Column('fix_unit', sa.Text(), nullable=True),
    sa.Column('emergency_mode', sa.Text(), nullable=False),
    sa.Column('dial', postgresql.ARRAY(sa.Text()), nullable=False),
    sa.Column('publish', sa.Text(), nullable=False),
    sa.Column('ask', postgresql.ARRAY(sa.Text()), nullable=False),
    sa.Column('season', postgresql.ARRAY(sa.SmallInteger()), nullable=False),
    sa.Column('duplicate_radius_m', sa.SmallInteger(), nullable=False),
    sa.Column('responsible', postgresql.ARRAY(sa.Text()), nullable=False),
    sa.Column('reportable', sa.Boolean(), nullable=False),
    sa.Column('position', sa.SmallInteger(), nullable=False),
    sa.Column('name_kk', sa.Text(), nullable=False),
    sa.Column('name_ru', sa.Text(), nullable=False),
    sa.Column('name_en', sa.Text(), nullable=False),
    sa.CheckConstraint("emergency_mode IN ('call_first', 'if_injured', 'none')", name=op.f('ck_hazard_type_emergency_mode')),
    sa.CheckConstraint("fix_unit IN ('h', 'wd')", name=op.f('ck_hazard_type_fix_unit')),
    sa.CheckConstraint("geometry IN ('point', 'line', 'area')", name=op.f('ck_hazard_type_geometry')),
    sa.CheckConstraint("publish IN ('pin_at_once', 'after_review', 'never')", name=op.f('ck_hazard_type_publish')),
    sa.CheckConstraint("severity IN ('low', 'medium', 'high', 'critical')", name=op.f('ck_hazard_type_severity')),
    sa.CheckConstraint('(fix_value IS NULL) = (fix_unit IS NULL)', name=op.f('ck_hazard_type_fix_pair')),
    sa.PrimaryKeyConstraint('code', name=op.f('pk_hazard_type'))
    )
    op.create_geospatial_table('place',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=True), nullable=False),
    sa.Column('source', sa.Text(), nullable=False),
    sa.Column('external_id', sa.Text(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('search_key', sa.Text(), nullable=False),
    sa.Column('demo', sa.Boolean(), server_default=sa.text('false'), nullable=False),
    sa.Column('geom', geoalchemy2.Geometry('GEOMETRY', srid=4326, spatial_index=False), nullable=False),
    sa.Column('name_kk', sa.Text(), nullable=False),
    sa.Column('name_ru', sa.Text(), nullable=False),
    sa.Column('name_en', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_place'))
    )
    op.create_geospatial_index('ix_place_geom', 'place', ['geom'], unique=False, postgresql_using='gist', postgresql_ops={})
    op.create_index('ix_place_search_key', 'place', ['search_key'], unique=False, postgresql_using='gin', postgresql_ops={'search_key': 'gin_trgm_ops'})
    op.create_index('uq_place_source_external_id', 'place', ['source', 'external_id'], unique=True)
    op.create_table('map_cell',
    sa.Column('z', sa.SmallInteger(), autoincrement=False, nullable=False),
    sa.Column('cx', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('cy', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('hazard_type', sa.Text(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('n', sa.Integer(), nullable=False),
    sa.Column('sum_x', sa.Float(precision=53), nullable=False),
    sa.Column('sum_y', sa.Float(precision=53), nullable=False),
    sa.PrimaryKeyConstraint('z', 'cx', 'cy', 'hazard_type', 'state', name=op.f('pk_map_cell')),
    schema='public_data'
    )
    op.create_table('map_change',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=True), nullable=False),
    sa.Column('delta', sa.SmallInteger(), nullable=False),
    sa.Column('hazard_type', sa.Text(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('x', sa.Float(precision=53), nullable=False),
    sa.Column('y', sa.Float(precision=53), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_map_change')),
    schema='public_data'
    )
    op.create_table('sign_in_try',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=True), nullable=False),
    sa.Column('key', sa.LargeBinary(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sign_in_try')),
    prefixes=['UNLOGGED']
    )
    op.create_index('ix_sign_in_try_key_at', 'sign_in_try', ['key', 'at'], unique=False)
    op.create_geospatial_table('area_part',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=True), nullable=False),
    sa.Column('area_id', sa.BigInteger(), nullable=False),
    sa.Column('geom', geoalchemy2.Geometry('POLYGON', srid=4326, spatial_index=False), nullable=False),
    sa.ForeignKeyConstraint(['area_id'], ['area.id'], name=op.f('fk_area_part_area_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_area_part'))
    )
    op.create_index('ix_area_part_area_id', 'area_part', ['area_id'], unique=False)
    op.create_geospatial_index('ix_area_part_geom', 'area_part', ['geom'], unique=False, postgresql_using='gist', postgresql_ops={})
    op.create_table('body',
    sa.Column('id', sa.Integer(), sa.Identity(always=True), nullable=False),
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('parent_id', sa.Integer(), nullable=True),
    sa.Column('email', sa.Text(), nullable=True),
    sa.Column('phone', sa.Text(), nullable=True),
    sa.Column('language', sa.Text(), server_default='kk', nullable=False),
    sa.Column('active', sa.Boolean(), server_default=sa.text('true'), nullable=False),
    sa.Column('mail_failed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('name_kk', sa.Text(), nullable=False),
    sa.Column('name_ru', sa.Text(), nullable=False),
    sa.Column('name_en', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['kind'], ['body_kind.code'], name=op.f('fk_body_kind')),
    sa.ForeignKeyConstraint(['parent_id'], ['body.id'], name=op.f('fk_body_parent_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_body'))
    )
    op.create_index('uq_body_code', 'body', ['code'], unique=True)
    op.create_table('account',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=True), nullable=False),
    sa.Column('email', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('password_hash', sa.Text(), nullable=False),
    sa.Column('roles', postgresql.ARRAY(sa.Text()), nullable=False),
    sa.Column('body_id', sa.Integer(), nullable=True),
    sa.Column('language', sa.Text(), server_default='kk', nullable=False),
    sa.Column('active', sa.Boolean(), server_default=sa.text('true'), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint("roles <@ ARRAY['crew', 'dispatcher', 'manager', 'coordinator', 'moderator', 'operator', 'council_viewer', 'administrator', 'auditor']::text[]", name=op.f('ck_account_roles')),
    sa.CheckConstraint('email = lower(email)', name=op.f('ck_account_email_lower')),
    sa.ForeignKeyConstraint(['body_id'], ['body.id'], name=op.f('fk_account_body_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_account'))
    )
    op.create_index('uq_account_email', 'account', ['email'], unique=True)
    op.create_table('responsibility',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=True), nullable=False),
    sa.Column('body_id', sa.Integer(), nullable=False),
    sa.Column('area_code', sa.Text(), nullable=False),
    sa.Column('hazard_type', sa.Text(), nullable=True),
    sa.Column('type_group', sa.Text(), nullable=True),
    sa.Column('rank', sa.SmallInteger(), server_default='100', nullable=False),
    sa.Column('valid_from', sa.Date(), nullable=False),
    sa.Column('valid_until', sa.Date(), nullable=True),
    sa.CheckConstraint('hazard_type IS NULL OR type_group IS NULL', name=op.f('ck_responsibility_type_or_group')),
    sa.CheckConstraint('valid_until IS NULL OR valid_until > valid_from', name=op.f('ck_responsibility_validity')),
    sa.ForeignKeyConstraint(['body_id'], ['body.id'], name=op.f('fk_responsibility_body_id')),
    sa.ForeignKeyConstraint(['hazard_type'], ['hazard_type.code'], name=op.f('fk_responsibility_hazard_type')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_responsibility'))
    )
    op.create_index('ix_responsibility_area_code', 'responsibility', ['area_code'], unique=False)
    op.create_index('uq_responsibility_rule', 'responsibility', ['body_id', 'area_code', 'hazard_type', 'type_group', 'valid_from'], unique=True, postgresql_nulls_not_distinct=True)
    op.create_geospatial_table('hazard',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=True), nullable=False),
    sa.Column('reference', sa.Text(), nullable=False),
    sa.Column('hazard_type', sa.Text(), nullable=False),
    sa.Column('geom', geoalchemy2.Geometry('GEOMETRY', srid=4326, spatial_index=False), nullable=False),
    sa.Column('label', geoalchemy2.Geometry('POINT', srid=4326, spatial_index=False), nullable=False),
    sa.Column('public_place', geoalchemy2.Geometry('POINT', srid=4326, spatial_index=False), nullable=False),
    sa.Column('status', sa.Text(), nullable=False),
    sa.Column('severity', sa.Text(), nullable=False),
    sa.Column('severity_why', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('received_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('received_day', sa.Date(), nullable=False),
    sa.Column('make_safe_due', sa.DateTime(timezone=True), nullable=True),
    sa.Column('fix_due', sa.DateTime(timezone=True), nullable=True),
    sa.Column('fix_paused_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('area_id', sa.BigInteger(), nullable=True),
    sa.Column('body_id', sa.Integer(), nullable=True),
    sa.Column('basis', sa.Text(), nullable=True),
    sa.Column('made_safe_measure', sa.Text(), nullable=True),
    sa.Column('made_safe_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('made_safe_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('planned_for', sa.Date(), nullable=True),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('duplicate_of_id', sa.BigInteger(), nullable=True),
    sa.Column('rejection_reason', sa.Text(), nullable=True),
    sa.Column('rejection_by', sa.BigInteger(), nullable=True),
    sa.Column('fix_reported_by', sa.BigInteger(), nullable=True),
    sa.Column('moderation', sa.Text(), server_default='pending', nullable=False),
    sa.Column('public_text', sa.Text(), nullable=True),
    sa.Column('held', sa.Boolean(), server_default=sa.text('false'), nullable=False),
    sa.Column('disputed', sa.Boolean(), server_default=sa.text('false'), nullable=False),
    sa.Column('urgent', sa.Boolean(), server_default=sa.text('false'), nullable=False),
    sa.Column('owner_unknown', sa.Boolean(), server_default=sa.text('false'), nullable=False),
    sa.Column('overdue', sa.Text(), nullable=True),
    sa.Column('external_source', sa.Text(), nullable=True),
    sa.Column('external_id', sa.Text(), nullable=True),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False),
    sa.Column('is_open', sa.Boolean(), sa.Computed("status IN ('accepted', 'assigned', 'fix_reported', 'in_progress', 'on_hold', 'planned', 'received')", persisted=True), nullable=False),
    sa.Column('next_due', sa.DateTime(timezone=True), sa.Computed('LEAST(CASE WHEN made_safe_at IS NULL THEN make_safe_due END, fix_due)', persisted=True), nullable=True),
    sa.CheckConstraint("(closed_at IS NULL) = (status IN ('accepted', 'assigned', 'fix_reported', 'in_progress', 'on_hold', 'planned', 'received'))", name=op.f('ck_hazard_closed_when_closed')),
    sa.CheckConstraint("basis IN ('by_rule', 'by_area', 'by_hint', 'nearest', 'default_triage', 'confirmed_by_body', 'by_decision')", name=op.f('ck_hazard_basis')),
    sa.CheckConstraint('(body_id IS NULL) = (basis IS NULL)', name=op.f('ck_hazard_basis_with_body')),
    sa.CheckConstraint("(status = 'duplicate') = (duplicate_of_id IS NOT NULL)", name=op.f('ck_hazard_duplicate_of')),
    sa.CheckConstraint("GeometryType(geom) IN ('POINT', 'LINESTRING', 'POLYGON')", name=op.f('ck_hazard_geometry_kind')),
    sa.CheckConstraint("moderation IN ('pending', 'cleared', 'refused')", name=op.f('ck_hazard_moderation')),
    sa.CheckConstraint("severity IN ('low', 'medium', 'high', 'critical')", name=op.f('ck_hazard_severity')),
    sa.CheckConstraint("status = 'received' OR body_id IS NOT NULL", name=op.f('ck_hazard_body_unless_received')),
    sa.CheckConstraint("status IN ('received', 'assigned', 'accepted', 'in_progress', 'planned', 'on_hold', 'fix_reported', 'fixed', 'not_found', 'rejected', 'duplicate', 'handed_over')", name=op.f('ck_hazard_status')),
    sa.CheckConstraint('(external_source IS NULL) = (external_id IS NULL)', name=op.f('ck_hazard_external_together')),
    sa.CheckConstraint('(made_safe_measure IS NULL) = (made_safe_at IS NULL) AND (made_safe_at IS NULL) = (made_safe_until IS NULL)', name=op.f('ck_hazard_made_safe_together')),
    sa.CheckConstraint('(rejection_reason IS NULL) = (rejection_by IS NULL)', name=op.f('ck_hazard_rejection_together')),
    sa.ForeignKeyConstraint(['area_id'], ['area.id'], name=op.f('fk_hazard_area_id')),
    sa.ForeignKeyConstraint(['body_id'], ['body.id'], name=op.f('fk_hazard_body_id')),
    sa.ForeignKeyConstraint(['duplicate_of_id'], ['hazard.id'], name=op.f('fk_hazard_duplicate_of_id')),
    sa.ForeignKeyConstraint(['fix_reported_by'], ['account.id'], name=op.f('fk_hazard_fix_reported_by')),
    sa.ForeignKeyConstraint(['hazard_type'], ['hazard_type.code'], name=op.f('fk_hazard_hazard_type')),
    sa.ForeignKeyConstraint(['rejection_by'], ['account.id'], name=op.f('fk_hazard_rejection_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_hazard'))
    )
    op.create_index('ix_hazard_area_id', 'hazard', ['area_id'], unique=False)
    op.create_index('ix_hazard_body_open_due', 'hazard', ['body_id', 'is_open', 'next_due', 'id'], unique=False)
    op.create_geospatial_index('ix_hazard_label', 'hazard', ['label'], unique=False, postgresql_using='gist', postgresql_ops={})
    op.create_index('ix_hazard_moderation', 'hazard', ['received_at'], unique=False, postgresql_where="moderation = 'pending'")
    op.create_geospatial_index('ix_hazard_public_place', 'hazard', ['public_place'], unique=False, postgresql_using='gist', postgresql_ops={})
    op.create_index('ix_hazard_queue', 'hazard', ['received_at'], unique=False, postgresql_where="body_id IS NULL AND status = 'received'")
    op.create_index('ix_hazard_received_day_reference', 'hazard', ['received_day', 'reference'], unique=False)
    op.create_index('uq_hazard_external', 'hazard', ['external_source', 'external_id'], unique=True)
    op.create_index('uq_hazard_reference', 'hazard', ['reference'], unique=True)
    op.create_table('staff_session',
    sa.Column('token_hash', sa.LargeBinary(), nullable=False),
    sa.Column('account_id', sa.BigInteger(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('last_seen_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_staff_session_account_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('token_hash', name=op.f('pk_staff_session'))
    )
    op.create_index('ix_staff_session_account_id', 'staff_session', ['account_id'], unique=False)
    op.create_table('alarm',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=True), nullable=False),
    sa.Column('key', sa.Text(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('body_id', sa.Integer(), nullable=True),
    sa.Column('hazard_id', sa.BigInteger(), nullable=True),
    sa.Column('data', postgresql.JSONB(astext_type=sa.Text()), server_default='{}', nullable=False),
    sa.Column('raised_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('settled_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('settled_by', sa.BigInteger(), nullable=True),
    sa.CheckConstraint('(settled_at IS NULL) = (settled_by IS NULL)', name=op.f('ck_alarm_settled_together')),
    sa.ForeignKeyConstraint(['body_id'], ['body.id'], name=op.f('fk_alarm_body_id')),
    sa.ForeignKeyConstraint(['hazard_id'], ['hazard.id'], name=op.f('fk_alarm_hazard_id')),
    sa.ForeignKeyConstraint(['settled_by'], ['account.id'], name=op.f('fk_alarm_settled_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_alarm'))
    )
    op.create_index('uq_alarm_key_standing', 'alarm', ['key'], unique=True, postgresql_where='settled_at IS NULL')
    op.create_table('assignment',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=True), nullable=False),
    sa.Column('hazard_id', sa.BigInteger(), nullable=False),
    sa.Column('body_id', sa.Integer(), nullable=True),
    sa.Column('area_id', sa.BigInteger(), nullable=True),
    sa.Column('basis', sa.Text(), nullable=True),
    sa.Column('confidence', sa.Numeric(precision=3, scale=2, asdecimal=False), nullable=False),
    sa.Column('trace', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('reason', sa.Text(), server_default='', nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('made_by', sa.BigInteger(), nullable=True),
    sa.CheckConstraint("basis IN ('by_rule', 'by_area', 'by_hint', 'nearest', 'default_triage', 'confirmed_by_body', 'by_decision')", name=op.f('ck_assignment_basis')),
    sa.CheckConstraint('(body_id IS NULL) = (basis IS NULL)', name=op.f('ck_assignment_basis_with_body')),
    sa.CheckConstraint('confidence BETWEEN 0 AND 1', name=op.f('ck_assignment_confidence')),
    sa.ForeignKeyConstraint(['area_id'], ['area.id'], name=op.f('fk_assignment_area_id')),
    sa.ForeignKeyConstraint(['body_id'], ['body.id'], name=op.f('fk_assignment_body_id')),
    sa.ForeignKeyConstraint(['hazard_id'], ['hazard.id'], name=op.f('fk_assignment_hazard_id')),
    sa.ForeignKeyConstraint(['made_by'], ['account.id'], name=op.f('fk_assignment_made_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_assignment'))
    )
    op.create_index('ix_assignment_hazard_id', 'assignment', ['hazard_id', 'id'], unique=False)
    op.create_table('event',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=True), nullable=False),
    sa.Column('hazard_id', sa.BigInteger(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('actor', sa.Text(), nullable=False),
    sa.Column('account_id', sa.BigInteger(), nullable=True),
    sa.Column('body_id', sa.Integer(), nullable=True),
    sa.Column('status', sa.Text(), nullable=False),
    sa.Column('public', sa.Boolean(), nullable=False),
    sa.Column('note', sa.Text(), server_default='', nullable=False),
    sa.Column('data', postgresql.JSONB(astext_type=sa.Text()), server_default='{}', nullable=False),
    sa.CheckConstraint("(actor = 'account') = (account_id IS NOT NULL)", name=op.f('ck_event_account')),
    sa.CheckConstraint("actor IN ('system', 'reporter', 'account')", name=op.f('ck_event_actor')),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_event_account_id')),
    sa.ForeignKeyConstraint(['body_id'], ['body.id'], name=op.f('fk_event_body_id')),
    sa.ForeignKeyConstraint(['hazard_id'], ['hazard.id'], name=op.f('fk_event_hazard_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_event'))
    )
    op.create_index('ix_event_hazard_id_at', 'event', ['hazard_id', 'at', 'id'], unique=False)
    op.create_table('message',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=True), nullable=False),
    sa.Column('key', sa.Text(), nullable=False),
    sa.Column('hazard_id', sa.BigInteger(), nullable=False),
    sa.Column('body_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('recipient', sa.Text(), nullable=False),
    sa.Column('state', sa.Text(), server_default='queued', nullable=False),
    sa.Column('attempts', sa.SmallInteger(), server_default='0', nullable=False),
    sa.Column('error', sa.Text(), server_default='', nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("(sent_at IS NULL) = (state IN ('queued', 'refused'))", name=op.f('ck_message_sent_at')),
    sa.CheckConstraint("state IN ('queued', 'sent', 'refused', 'bounced')", name=op.f('ck_message_state')),
    sa.ForeignKeyConstraint(['body_id'], ['body.id'], name=op.f('fk_message_body_id')),
    sa.ForeignKeyConstraint(['hazard_id'], ['hazard.id'], name=op.f('fk_message_hazard_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_message'))
    )
    op.create_index('ix_message_hazard_id', 'message', ['hazard_id'], unique=False)
    op.create_index('uq_message_key', 'message', ['key'], unique=True)
    op.create_table('report',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=True), nullable=False),
    sa.Column('hazard_id', sa.BigInteger(), nullable=False),
    sa.Column('client_id', sa.Uuid(), nullable=False),
    sa.Column('receipt_hash', sa.LargeBinary(), nullable=False),
    sa.Column('channel', sa.Text(), nullable=False),
    sa.Column('language', sa.Text(), nullable=False),
    sa.Column('text', sa.Text(), server_default='', nullable=False),
    sa.Column('someone_hurt', sa.Boolean(), server_default=sa.text('false'), nullable=False),
    sa.Column('moderation', sa.Text(), server_default='pending', nullable=False),
    sa.Column('received_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('by_account', sa.BigInteger(), nullable=True),
    sa.CheckConstraint("channel IN ('web', 'phone', 'api', 'import', 'patrol')", name=op.f('ck_report_channel')),
    sa.CheckConstraint("moderation IN ('pending', 'cleared', 'refused')", name=op.f('ck_report_moderation')),
    sa.ForeignKeyConstraint(['by_account'], ['account.id'], name=op.f('fk_report_by_account')),
    sa.ForeignKeyConstraint(['hazard_id'], ['hazard.id'], name=op.f('fk_report_hazard_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_report'))
    )
    op.create_index('ix_report_hazard_id', 'report', ['hazard_id'], unique=False)
    op.create_index('ix_report_pending', 'report', ['received_at'], unique=False, postgresql_where="moderation = 'pending'")
    op.create_index('uq_report_client_id', 'report', ['client_id'], unique=True)
    op.create_index('uq_report_receipt_hash', 'report', ['receipt_hash'], unique=True)
    op.create_table('photo',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=True), nullable=False),
    sa.Column('public_id', sa.Text(), nullable=False),
    sa.Column('hazard_id', sa.BigInteger(), nullable=False),
    sa.Column('report_id', sa.BigInteger(), nullable=True),
    sa.Column('event_id', sa.BigInteger(), nullable=True),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('content_key', sa.Text(), nullable=False),
    sa.Column('width', sa.SmallInteger(), nullable=False),
    sa.Column('height', sa.SmallInteger(), nullable=False),
    sa.Column('added_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('moderation', sa.Text(), server_default='pending', nullable=False),
    sa.Column('moderated_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('moderated_by', sa.BigInteger(), nullable=True),
    sa.CheckConstraint("(moderated_at IS NULL) = (moderation = 'pending')", name=op.f('ck_photo_moderated')),
    sa.CheckConstraint("kind IN ('report', 'made_safe', 'fixed', 'site')", name=op.f('ck_photo_kind')),
    sa.CheckConstraint("moderation IN ('pending', 'cleared', 'refused')", name=op.f('ck_photo_moderation')),
    sa.ForeignKeyConstraint(['event_id'], ['event.id'], name=op.f('fk_photo_event_id')),
    sa.ForeignKeyConstraint(['hazard_id'], ['hazard.id'], name=op.f('fk_photo_hazard_id')),
    sa.ForeignKeyConstraint(['moderated_by'], ['account.id'], name=op.f('fk_photo_moderated_by')),
    sa.ForeignKeyConstraint(['report_id'], ['report.id'], name=op.f('fk_photo_report_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_photo'))
    )
    op.create_index('ix_photo_content_key', 'photo', ['content_key'], unique=False)
    op.create_index('ix_photo_hazard_id', 'photo', ['hazard_id'], unique=False)
    op.create_index('ix_photo_pending', 'photo', ['added_at'], unique=False, postgresql_where="moderation = 'pending'")
    op.create_index('uq_photo_public_id', 'photo', ['public_id'], unique=True)
    op.create_table('contact',
    sa.Column('report_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('sealed', sa.LargeBinary(), nullable=False),
    sa.Column('delete_after', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['report_id'], ['report.id'], name=op.f('fk_contact_report_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('report_id', name=op.f('pk_contact')),
    schema='vault'
    )
    op.create_index('ix_contact_delete_after', 'contact', ['delete_after'], unique=False, schema='vault')


def downgrade() -> None:
    op.drop_index('ix_contact_delete_after', table_name='contact', schema='vault')
    op.drop_table('contact', schema='vault')
    op.drop_index('uq_photo_public_id', table_name='photo')
    op.drop_index('ix_photo_pending', table_name='photo', postgresql_where="moderation = 'pending'")
    op.drop_index('ix_photo_hazard_id', table_name='photo')
    op.drop_index('ix_photo_content_key', table_name='photo')
    op.drop_table('photo')
    op.drop_index('uq_report_receipt_hash', table_name='report')
    op.drop_index('uq_report_client_id', table_name='report')
    op.drop_index('ix_report_pending', table_name='report', postgresql_where="moderation = 'pending'")
    op.drop_index('ix_report_hazard_id', table_name='report')
    op.drop_table('report')
    op.drop_index('uq_message_key', table_name='message')
    op.drop_index('ix_message_hazard_id', table_name='message')
    op.drop_table('message')
    op.drop_index('ix_event_hazard_id_at', table_name='event')
    op.drop_table('event')
    op.drop_index('ix_assignment_hazard_id', table_name='assignment')
    op.drop_table('assignment')
    op.drop_index('uq_alarm_key_standing', table_name='alarm', postgresql_where='settled_at IS NULL')
    op.drop_table('alarm')
    op.drop_index('ix_staff_session_account_id', table_name='staff_session')
    op.drop_table('staff_session')
    op.drop_index('uq_hazard_reference', table_name='hazard')
    op.drop_index('uq_hazard_external', table_name='hazard')
    op.drop_index('ix_hazard_received_day_reference', table_name='hazard')
    op.drop_index('ix_hazard_queue', table_name='hazard', postgresql_where="body_id IS NULL AND status = 'received'")
    op.drop_geospatial_index('ix_hazard_public_place', table_name='hazard', postgresql_using='gist', column_name='public_place')
    op.drop_index('ix_hazard_moderation', table_name='hazard', postgresql_where="moderation = 'pending'")
    op.drop_geospatial_index('ix_hazard_label', table_name='hazard', postgresql_using='gist', column_name='label')
    op.drop_index('ix_hazard_body_open_due', table_name='hazard')
    op.drop_index('ix_hazard_area_id', table_name='hazard')
    op.drop_geospatial_table('hazard')
    op.drop_index('uq_responsibility_rule', table_name='responsibility', postgresql_nulls_not_distinct=True)
    op.drop_index('ix_responsibility_area_code', table_name='responsibility')
    op.drop_table('responsibility')
    op.drop_index('uq_account_email', table_name='account')
    op.drop_table('account')
    op.drop_index('uq_body_code', table_name='body')
    op.drop_table('body')
    op.drop_geospatial_index('ix_area_part_geom', table_name='area_part', postgresql_using='gist', column_name='geom')
    op.drop_index('ix_area_part_area_id', table_name='area_part')
    op.drop_geospatial_table('area_part')
    op.drop_index('ix_sign_in_try_key_at', table_name='sign_in_try')
    op.drop_table('sign_in_try')
    op.drop_table('map_change', schema='public_data')
    op.drop_table('map_cell', schema='public_data')
    op.drop_index('uq_place_source_external_id', table_name='place')
    op.drop_index('ix_place_search_key', table_name='place', postgresql_using='gin', postgresql_ops={'search_key': 'gin_trgm_ops'})
    op.drop_geospatial_index('ix_place_geom', table_name='place', postgresql_using='gist', column_name='geom')
    op.drop_geospatial_table('place')
    op.drop_table('hazard_type')
    op.drop_table('calendar_day')
    op.drop_table('body_kind')
    op.drop_index('uq_area_code_valid_from', table_name='area')
    op.drop_index('ix_area_parent_code', table_name='area')
    op.drop_geospatial_index('ix_area_geom', table_name='area', postgresql_using='gist', column_name='geom')
    op.drop_geospatial_table('area')
    op.execute("DROP SCHEMA public_data")
    op.execute("DROP SCHEMA vault")
