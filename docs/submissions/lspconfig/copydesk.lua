---@brief
---
--- https://pypi.org/project/copydesk/
---
--- An editorial desk for prose on a local open model: notes on what a reader would stumble over, claims looked up in
--- your own sources, drafts of sections.
---
--- Install it with `pipx install 'copydesk[embedded,web]'`; `copydesk doctor` says which model will answer.
---
--- Notes of its rules appear while you write. What else there is to do is among the code actions. Settings are those of
--- `copydesk.toml`, for example:
--- ```lua
--- vim.lsp.config('copydesk', {
---   settings = {
---     copydesk = {
---       engine = { model = 'llama3.1:8b' },
---     },
---   },
--- })
--- ```

---@type vim.lsp.Config
return {
  cmd = { 'copydesk', 'serve' },
  filetypes = { 'markdown', 'quarto', 'rmd', 'mdx', 'text' },
  root_markers = { 'copydesk.toml', '.git' },
}
