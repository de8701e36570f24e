-- The client's configuration for |vim.lsp.enable()|. Yours is merged over it: vim.lsp.config("copydesk", { ... }).

---@param name string
---@return fun(command: lsp.Command, context: table)
local function shown(name)
  return function(command, context)
    require("copydesk.draft").commands[name](command, context)
  end
end

---@type vim.lsp.Config
return {
  cmd = function(dispatchers)
    return require("copydesk.daemon").start(dispatchers)
  end,
  filetypes = { "markdown", "quarto", "rmd", "mdx", "text" },
  root_markers = { "copydesk.toml", ".git" },
  capabilities = { experimental = { copydesk = { commands = true, draftPreview = true, status = true } } },
  commands = {
    ["copydesk.showDraft"] = shown("copydesk.showDraft"),
    ["copydesk.applyNote"] = shown("copydesk.applyNote"),
    ["copydesk.discardDraft"] = shown("copydesk.discardDraft"),
  },
  handlers = {
    ["copydesk/draftPreview"] = function(_, params, context)
      require("copydesk.preview").show(params, context.client_id)
    end,
    ["copydesk/status"] = function(_, params, context)
      require("copydesk").told(params, context.client_id)
    end,
    ["window/showMessage"] = function(_, params)
      require("copydesk.message").show(params)
      return vim.NIL
    end,
    ["workspace/applyEdit"] = function(_, params, context)
      return require("copydesk.edit").apply(params, context)
    end,
  },
}
