-- A draft while it is written: in a window beside the document that never takes the cursor.

local scratch = require("copydesk.scratch")

local M = {}

---@class copydesk.Progress
---@field uri string
---@field token integer|string the token of the job's progress
---@field markdown string? the section's body as it would be now
---@field line string? who does what

---@class copydesk.Preview
---@field buffer integer gone once the writer has closed it; it is not opened again for the same draft
---@field client integer
---@field uri string
---@field running boolean

---By the token of the job's progress and the client, which is another after a restart.
---@type table<string, copydesk.Preview>
local previews = {}

---@param client integer
---@param token integer|string
---@return string
local function key(client, token)
  return ("%d %s"):format(client, token)
end

---Return the buffer of a draft that has ended, to use it again, or a new one.
---@return integer
local function free()
  for name, preview in pairs(previews) do
    local ended = not preview.running or not vim.lsp.get_client_by_id(preview.client)
    if ended then
      previews[name] = nil
      if vim.api.nvim_buf_is_valid(preview.buffer) then
        return preview.buffer
      end
    end
  end
  return scratch.buffer()
end

---@param uri string
---@param client integer
---@return copydesk.Preview
local function opened(uri, client)
  local preview = { buffer = free(), client = client, uri = uri, running = true }
  scratch.name(preview.buffer, ("copydesk://draft of %s"):format(vim.fs.basename(vim.uri_to_fname(uri))))
  scratch.fill(preview.buffer, "")
  if #vim.fn.win_findbuf(preview.buffer) > 0 then
    return preview
  end
  local beside = vim.fn.win_findbuf(vim.uri_to_bufnr(uri))[1] or 0
  local split = vim.api.nvim_win_get_width(beside) >= 120 and "right" or "below"
  -- Where no window may be opened now, as in the command-line window, the draft is written all the same.
  local done, window = pcall(vim.api.nvim_open_win, preview.buffer, false, { split = split, win = beside })
  if done then
    scratch.dress(window)
  else
    vim.api.nvim_buf_delete(preview.buffer, { force = true })
  end
  return preview
end

---@param preview copydesk.Preview
---@param words string
local function say(preview, words)
  scratch.say(preview.buffer, words)
end

---Take over how a draft stands.
---@param progress copydesk.Progress
---@param client integer
function M.show(progress, client)
  local name = key(client, progress.token)
  previews[name] = previews[name] or opened(progress.uri, client)
  local preview = previews[name]
  if not vim.api.nvim_buf_is_valid(preview.buffer) then
    return
  end
  if progress.markdown then
    scratch.fill(preview.buffer, progress.markdown)
  end
  if progress.line then
    say(preview, progress.line)
  end
end

---Close the preview of a document whose draft is finished and shown otherwise now.
---@param uri string
function M.close(uri)
  for _, preview in pairs(previews) do
    if preview.uri == uri and not preview.running and vim.api.nvim_buf_is_valid(preview.buffer) then
      vim.api.nvim_buf_delete(preview.buffer, { force = true })
    end
  end
end

---Say how a draft ended, if the progress that ended was one's.
---@param client integer
---@param token integer|string
---@param outcome string?
function M.ended(client, token, outcome)
  local preview = previews[key(client, token)]
  if preview then
    preview.running = false
    say(preview, ("Draft: %s"):format(outcome or "ended"))
  end
end

return M
