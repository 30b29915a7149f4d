"""Kinds of danger, from the taxonomy: data that an administrator may change."""

from sqlalchemy import CheckConstraint, SmallInteger, Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from app.domain.hazard import FixUnit, Publish, Severity, Target
from app.domain.routing import TypeKey
from app.domain.severity import Kind
from app.models.base import Base, Named


class HazardType(Named, Base):
    __tablename__ = "hazard_type"
    __table_args__ = (
        CheckConstraint("(fix_value IS NULL) = (fix_unit IS NULL)", name="fix_pair"),
        CheckConstraint("make_safe_hours > 0 AND fix_value > 0", name="targets"),
        CheckConstraint("fix_unit IN ('h', 'wd')", name="fix_unit"),
        CheckConstraint("publish IN ('pin_at_once', 'after_review', 'never')", name="publish"),
        CheckConstraint("severity IN ('low', 'medium', 'high', 'critical')", name="severity"),
        CheckConstraint("geometry IN ('point', 'line', 'area')", name="geometry"),
        CheckConstraint("emergency_mode IN ('call_first', 'if_injured', 'none')", name="emergency_mode"),
    )

    code: Mapped[str] = mapped_column(primary_key=True)
    group: Mapped[str] = mapped_column("type_group", Text)
    advice_kk: Mapped[str]
    advice_ru: Mapped[str]
    advice_en: Mapped[str]
    geometry: Mapped[str]
    severity: Mapped[str]
    make_safe_hours: Mapped[int | None] = mapped_column(SmallInteger)
    fix_value: Mapped[int | None] = mapped_column(SmallInteger)
    fix_unit: Mapped[str | None]
    emergency_mode: Mapped[str]
    dial: Mapped[list[str]] = mapped_column(ARRAY(Text))
    publish: Mapped[str]
    ask: Mapped[list[str]] = mapped_column(ARRAY(Text))
    season: Mapped[list[int]] = mapped_column(ARRAY(SmallInteger))
    duplicate_radius_m: Mapped[int] = mapped_column(SmallInteger)
    responsible: Mapped[list[str]] = mapped_column(ARRAY(Text))
    reportable: Mapped[bool]
    position: Mapped[int] = mapped_column(SmallInteger)

    def advice(self, language: str) -> str:
        return str(getattr(self, f"advice_{language}"))

    @property
    def target(self) -> Target:
        return Target(self.make_safe_hours, self.fix_value, FixUnit(self.fix_unit) if self.fix_unit else None)

    @property
    def key(self) -> TypeKey:
        return TypeKey(self.code, self.group, tuple(self.responsible), tuple(self.ask))

    @property
    def publish_rule(self) -> Publish:
        return Publish(self.publish)

    @property
    def severity_key(self) -> Kind:
        return Kind(self.code, Severity(self.severity), tuple(self.season))
