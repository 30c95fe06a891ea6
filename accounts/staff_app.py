from django.contrib.admin.apps import AdminConfig


class StaffAdminConfig(AdminConfig):
    """In a module of its own, because Django takes an app's configuration from whatever `apps` holds."""

    default_site = "accounts.staff.StaffSite"
