-- Messages of the server. Neovim's own handler stops the writer at "Press ENTER"; this one never does.

local M = {}

local LEVELS = {
  [vim.lsp.protocol.MessageType.Error] = vim.log.levels.ERROR,
  [vim.lsp.protocol.MessageType.Warning] = vim.log.levels.WARN,
}

---Show a message of the server.
---@param params lsp.ShowMessageParams
function M.show(params)
  M.say(params.message, LEVELS[params.type])
end

---Show a sentence: in the message line where it fits, else in a window that goes with the next move.
---@param sentence string
---@param level integer? of vim.log.levels
function M.say(sentence, level)
  if vim.fn.strdisplaywidth(sentence) <= vim.v.echospace then
    vim.notify(sentence, level or vim.log.levels.INFO)
    return
  end
  vim.cmd.echomsg({ args = { vim.fn.string(sentence) }, mods = { silent = true } })
  local _, window = vim.lsp.util.open_floating_preview({ sentence }, "", {
    wrap = true,
    max_width = math.min(80, vim.o.columns - 4),
    border = "rounded",
    focus_id = "copydesk-message",
  })
  vim.wo[window].linebreak = true
end

return M
