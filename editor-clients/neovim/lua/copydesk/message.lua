-- Messages of the server. Neovim's own handler stops the writer at "Press ENTER"; this one never does.

local M = {}

local LEVELS = {
  [vim.lsp.protocol.MessageType.Error] = vim.log.levels.ERROR,
  [vim.lsp.protocol.MessageType.Warning] = vim.log.levels.WARN,
}
local READING_MILLISECONDS = 2000

---When the server last said something.
local last = -READING_MILLISECONDS

---Show a message of the server.
---@param params lsp.ShowMessageParams
function M.show(params)
  last = vim.uv.now()
  M.say(params.message, LEVELS[params.type])
end

---Show how some work ended, unless the server has just said more about it.
---@param sentence string
function M.conclude(sentence)
  if vim.uv.now() - last >= READING_MILLISECONDS then
    M.say(sentence)
  end
end

---Show a sentence: in the message line where it fits, else in a window that goes with the next move.
---@param sentence string
---@param level integer? of vim.log.levels
function M.say(sentence, level)
  if vim.fn.strdisplaywidth(sentence) <= vim.v.echospace then
    vim.notify(sentence, level or vim.log.levels.INFO)
    return
  end
  local _, window = vim.lsp.util.open_floating_preview({ sentence }, "", {
    wrap = true,
    max_width = math.min(80, vim.o.columns - 4),
    border = "rounded",
    focus_id = "copydesk-message",
  })
  vim.wo[window].linebreak = true
end

return M
