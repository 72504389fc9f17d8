"""The hotel's own tables as a target: observed, compared and written like a provider. Other programs use them too."""
