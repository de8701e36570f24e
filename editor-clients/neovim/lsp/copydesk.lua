-- The client's configuration for |vim.lsp.enable()|. Yours is merged over it: vim.lsp.config("copydesk", { ... }).

---@type vim.lsp.Config
return {
  cmd = function(dispatchers)
    return require("copydesk.daemon").start(dispatchers)
  end,
  filetypes = { "markdown", "quarto", "rmd", "mdx", "text" },
  root_markers = { "copydesk.toml", ".git" },
  handlers = {
    ["window/showMessage"] = function(_, params)
      require("copydesk.message").show(params)
      return vim.NIL
    end,
    ["workspace/applyEdit"] = function(_, params, context)
      return require("copydesk.edit").apply(params, context)
    end,
  },
}
