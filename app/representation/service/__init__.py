"""Commands: declaring one's gender, taking stock of seats, renewing the figures about gender."""

from app.representation.service.balance import renew_figures
from app.representation.service.coverage import take_stock
from app.representation.service.declaring import declare, withdraw

__all__ = ["declare", "renew_figures", "take_stock", "withdraw"]
