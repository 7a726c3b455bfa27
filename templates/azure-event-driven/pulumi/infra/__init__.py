"""The layers of the platform, a folder each. Every layer is made by functions of (settings, resource_group)."""
