"""Departments: what the eleven that deliver, and the towns, are called."""

from __future__ import annotations

# By the prefix of their contracts: Chinese as people say it, English as it stands within a sentence.
DEPARTMENTS = {
    "public_security": ("公安", "public security"),
    "civil_affairs": ("民政", "civil affairs"),
    "medical_insurance": ("医保", "medical insurance"),
    "health": ("卫健", "health"),
    "human_resources": ("人社", "human resources"),
    "disabled_persons": ("残联", "disabled persons' federation"),
    "education": ("教育", "education"),
    "housing": ("住建", "housing"),
    "emergency": ("应急", "emergency management"),
    "market_supervision": ("市场监管", "market supervision"),
    "taxation": ("税务", "taxation"),
    "towns": ("镇街", "towns"),
}


def department_names(departments: list[str], language: str) -> str:
    """Departments as a sentence names its sources: 医保、教育; medical insurance, education."""
    index, comma = (0, "、") if language == "zh" else (1, ", ")
    return comma.join(DEPARTMENTS.get(d, (d, d))[index] for d in departments)
