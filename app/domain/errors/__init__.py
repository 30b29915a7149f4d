"""Every refusal of the domain, with one stable code per class: a file for each noun, all offered here."""

from app.domain.errors.accounts import *
from app.domain.errors.administration import *
from app.domain.errors.base import DomainError as DomainError
from app.domain.errors.merging import *
from app.domain.errors.reporting import *
from app.domain.errors.work import *
