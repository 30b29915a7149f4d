"""Rules the database keeps by itself: parts of areas, append-only history, one version of an area a day, map changes"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

UP = """
ALTER TABLE area ADD CONSTRAINT ex_area_code_validity
  EXCLUDE USING gist (code WITH =, daterange(valid_from, valid_until) WITH &&);

CREATE FUNCTION keep_area_parts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM area_part WHERE area_id = NEW.id;
  INSERT INTO area_part (area_id, geom)
    SELECT NEW.id, piece FROM ST_Subdivide(NEW.geom, 128) AS piece WHERE GeometryType(piece) = 'POLYGON';
  RETURN NULL;
END $$;
CREATE TRIGGER area_parts AFTER INSERT OR UPDATE OF geom ON area FOR EACH ROW EXECUTE FUNCTION keep_area_parts();

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER event_append_only BEFORE UPDATE OR DELETE ON event FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER event_no_truncate BEFORE TRUNCATE ON event FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE FUNCTION is_public(type_code text, moderation text, held boolean) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT NOT held AND moderation <> 'refused'
     AND (t.publish = 'pin_at_once' OR (t.publish = 'after_review' AND moderation = 'cleared'))
    FROM public.hazard_type t WHERE t.code = type_code
$$;
CREATE FUNCTION public_state(status text, made_safe_at timestamptz) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE WHEN status IN ('fixed', 'not_found', 'rejected', 'duplicate', 'handed_over') THEN 'closed'
              WHEN made_safe_at IS NOT NULL THEN 'safe' ELSE 'open' END
$$;
CREATE FUNCTION mercator_x(place geometry) RETURNS double precision LANGUAGE sql IMMUTABLE AS $$
  SELECT (ST_X(place) + 180) / 360
$$;
CREATE FUNCTION mercator_y(place geometry) RETURNS double precision LANGUAGE sql IMMUTABLE AS $$
  SELECT (1 - asinh(tan(radians(greatest(-85.05, least(85.05, ST_Y(place)))))) / pi()) / 2
$$;
CREATE FUNCTION local_day(moment timestamptz) RETURNS date LANGUAGE sql STABLE AS $$
  SELECT (moment AT TIME ZONE coalesce(current_setting('qauip.timezone', true), 'Asia/Almaty'))::date
$$;

CREATE FUNCTION note_map_change() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE
  was boolean := false;
  is_now boolean := is_public(NEW.hazard_type, NEW.moderation, NEW.held);
BEGIN
  IF TG_OP = 'UPDATE' THEN
    was := is_public(OLD.hazard_type, OLD.moderation, OLD.held);
    IF was AND is_now AND OLD.hazard_type = NEW.hazard_type AND OLD.public_place ~= NEW.public_place
       AND public_state(OLD.status, OLD.made_safe_at) = public_state(NEW.status, NEW.made_safe_at) THEN
      RETURN NULL;
    END IF;
    IF was THEN
      INSERT INTO public_data.map_change (delta, hazard_type, state, x, y) VALUES
        (-1, OLD.hazard_type, public_state(OLD.status, OLD.made_safe_at),
         mercator_x(OLD.public_place), mercator_y(OLD.public_place));
    END IF;
  END IF;
  IF is_now THEN
    INSERT INTO public_data.map_change (delta, hazard_type, state, x, y) VALUES
      (1, NEW.hazard_type, public_state(NEW.status, NEW.made_safe_at),
       mercator_x(NEW.public_place), mercator_y(NEW.public_place));
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER hazard_map_change
  AFTER INSERT OR UPDATE OF hazard_type, status, made_safe_at, public_place, moderation, held ON hazard
  FOR EACH ROW EXECUTE FUNCTION note_map_change();
"""

DOWN = """
DROP TRIGGER hazard_map_change ON hazard;
DROP FUNCTION note_map_change();
DROP FUNCTION local_day(timestamptz);
DROP FUNCTION mercator_y(geometry);
DROP FUNCTION mercator_x(geometry);
DROP FUNCTION public_state(text, timestamptz);
DROP FUNCTION is_public(text, text, boolean);
DROP TRIGGER event_no_truncate ON event;
DROP TRIGGER event_append_only ON event;
DROP FUNCTION refuse_change();
DROP TRIGGER area_parts ON area;
DROP FUNCTION keep_area_parts();
ALTER TABLE area DROP CONSTRAINT ex_area_code_validity;
"""


def upgrade() -> None:
    op.get_bind().exec_driver_sql(UP.replace("%", "%%"))


def downgrade() -> None:
    op.execute(DOWN)
