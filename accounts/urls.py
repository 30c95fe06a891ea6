from django.urls import path

from accounts import views

app_name = "accounts"
urlpatterns = [
    path("sign-in/link/<str:token>/", views.sign_in_link, name="sign_in_link"),
    path("preferences/", views.preferences, name="preferences"),
]
