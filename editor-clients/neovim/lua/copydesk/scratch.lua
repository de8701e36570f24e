-- Buffers that show Markdown of the server's: no file behind them, not to be edited, gone with their window.

local M = {}

---@return integer
function M.buffer()
  local buffer = vim.api.nvim_create_buf(false, true)
  vim.bo[buffer].bufhidden = "wipe"
  vim.bo[buffer].filetype = "markdown"
  vim.bo[buffer].modifiable = false
  return buffer
end

---Give a buffer a name, unless another one has it.
---@param buffer integer
---@param name string
function M.name(buffer, name)
  pcall(vim.api.nvim_buf_set_name, buffer, name)
end

---@param markdown string
---@return string[]
function M.lines(markdown)
  return vim.split(vim.trim(markdown), "\r?\n")
end

---Put Markdown into a buffer, without the blank lines around it.
---@param buffer integer
---@param markdown string
function M.fill(buffer, markdown)
  vim.bo[buffer].modifiable = true
  vim.api.nvim_buf_set_lines(buffer, 0, -1, false, M.lines(markdown))
  vim.bo[buffer].modifiable = false
  vim.bo[buffer].modified = false
end

---Show text in a split of its own, where it replaces what was shown under the same name.
---@param name string
---@param text string
---@param filetype string
function M.open(name, text, filetype)
  local old = vim.fn.bufnr(name)
  if old ~= -1 then
    vim.api.nvim_buf_delete(old, { force = true })
  end
  local buffer = M.buffer()
  vim.bo[buffer].filetype = filetype
  M.name(buffer, name)
  M.fill(buffer, text)
  vim.api.nvim_open_win(buffer, true, { split = "below", win = 0 })
end

---Make a window fit for prose, which has its lines as long as paragraphs.
---@param window integer
function M.dress(window)
  local options = { wrap = true, linebreak = true, number = false, relativenumber = false, signcolumn = "no" }
  for name, value in pairs(options) do
    vim.wo[window][0][name] = value
  end
end

---Say something above a buffer, in each window that shows it.
---@param buffer integer
---@param words string
function M.say(buffer, words)
  for _, window in ipairs(vim.api.nvim_buf_is_valid(buffer) and vim.fn.win_findbuf(buffer) or {}) do
    vim.wo[window][0].winbar = " " .. words:gsub("%%", "%%%%")
  end
end

return M
