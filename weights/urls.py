from django.urls import path

from weights import views

app_name = "weights"
urlpatterns = [
    path("", views.models, name="models"),
    path("rows/", views.rows, name="rows"),
    path("take-in/", views.take_in, name="take_in"),
    path("add/hub/", views.add_from_hub, name="add_from_hub"),
    path("add/address/", views.add_from_address, name="add_from_address"),
    path("add/ollama/", views.add_from_ollama, name="add_from_ollama"),
    path("<str:name>/pull/", views.pull, name="pull"),
    path("<str:name>/cancel/", views.cancel, name="cancel"),
    path("<str:name>/use/", views.use, name="use"),
    path("<str:name>/remove/", views.remove, name="remove"),
]
