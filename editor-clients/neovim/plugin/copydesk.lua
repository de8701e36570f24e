if vim.g.loaded_copydesk then
  return
end
vim.g.loaded_copydesk = true

if vim.fn.has("nvim-0.11") == 0 then
  vim.notify("copydesk needs Neovim 0.11 or newer", vim.log.levels.ERROR)
  return
end

vim.api.nvim_create_user_command("Copydesk", function(arguments)
  require("copydesk.command").run(arguments)
end, {
  nargs = "+",
  range = true,
  complete = function(typed, line)
    return require("copydesk.command").complete(typed, line)
  end,
  desc = "An editorial desk: critique, research, draft, and what can be done about notes",
})

local group = vim.api.nvim_create_augroup("copydesk", {})

vim.api.nvim_create_autocmd("LspAttach", {
  group = group,
  callback = function(event)
    local client = vim.lsp.get_client_by_id(event.data.client_id)
    if client and client.name == "copydesk" then
      -- Of several notes on a line the gravest gives the sign, unless the writer's configuration says otherwise.
      if not (vim.diagnostic.config() or {}).severity_sort then
        vim.diagnostic.config({ severity_sort = true }, vim.lsp.diagnostic.get_namespace(client.id))
      end
      require("copydesk.notes").follow(client, event.buf)
    end
  end,
})

vim.api.nvim_create_autocmd("LspProgress", {
  group = group,
  callback = function(event)
    require("copydesk").progressed(event.data)
  end,
})

vim.lsp.enable("copydesk")
