from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStaticFiles(CompressedManifestStaticFilesStorage):
    """Names carry a hash of the content, also inside ES modules, so a page may cache them for ever."""

    support_js_module_import_aggregation = True
    # A module's name is known a pass after those that it imports: one pass for each step of the longest chain.
    max_post_process_passes = 16
