from django.urls import URLPattern, path

from memory.api import forgetting as api
from memory.views import forgetting

urlpatterns: list[URLPattern] = [
    path("memories/receipts/", forgetting.receipts, name="receipts"),
    path("memories/receipts/<uuid:forgetting_id>/", forgetting.receipt, name="receipt"),
    path("memories/one/<uuid:memory_id>/forget/", forgetting.forget_one, name="forget_one"),
    path("memories/<uuid:character_id>/forget/", forgetting.forget, name="forget"),
]
api_urlpatterns: list[URLPattern] = [
    path("memories/forget", api.Forget.as_view(), name="api_forget"),
    path("memories/receipts", api.Receipts.as_view(), name="api_receipts"),
    path("memories/receipts/<uuid:forgetting_id>", api.Receipt.as_view(), name="api_receipt"),
]
