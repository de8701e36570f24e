"""What `copydesk verify-privacy` is made of: a sample, an engine that answers it, and witnesses of what commands do."""
