"""How is a day told to a person?"""

from datetime import date

MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def day_and_month(day: date) -> str:
    return f"{day.day} {MONTHS[day.month - 1]}"


def whole_date(day: date) -> str:
    return f"{day_and_month(day)} {day.year}"
