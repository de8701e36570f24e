-- Edits that the server asks for. Neovim's own handler applies any edit to a document that was just opened, skips an
-- edit that came too late, makes others fit by guessing, and says "applied" to all; this one edits only the text that
-- the edit was made for, whole or not at all, and says what it did.

local M = {}

local ONE = "Only an edit of one document is applied."
local STALE = "The text has changed since the edit was made."
local MISFIT = "The edit does not fit the document: parts of it overlap, run backwards or lie outside."

---@param reason string
---@return lsp.ApplyWorkspaceEditResult
local function refused(reason)
  return { applied = false, failureReason = reason }
end

---Tell whether a buffer holds the very text that an edit was made for.
---@param document lsp.OptionalVersionedTextDocumentIdentifier
---@return boolean
local function is_current(document)
  local buffer = vim.uri_to_bufnr(document.uri)
  -- The number that changes with every change of the text, and that the server is told with the text.
  local held = vim.lsp.util.buf_versions[buffer]
  -- Neovim opens documents at version 0; the server writes 1 for it, which no changed text ever has.
  local made_for = document.version == 1 and 0 or document.version
  return vim.api.nvim_buf_is_loaded(buffer) and held == made_for
end

---A part of an edit, in rows and columns of the buffer: from 0, in bytes.
---@class copydesk.Part
---@field first [integer, integer]
---@field last [integer, integer] exclusive
---@field lines string[]

---Return where a position is in a buffer, nil where the text that the server was told has no such position.
---@param buffer integer
---@param position lsp.Position
---@param encoding string
---@return [integer, integer]?
local function located(buffer, position, encoding)
  local line = vim.api.nvim_buf_get_lines(buffer, position.line, position.line + 1, false)[1]
  if position.line == vim.api.nvim_buf_line_count(buffer) and vim.bo[buffer].endofline then
    line = ""
  end
  if not line or position.line < 0 then
    return nil
  end
  -- Where line ends are mixed, Neovim keeps carriage returns in its lines, which belong to their ends.
  line = line:gsub("\r$", "")
  local inside, column = pcall(vim.str_byteindex, line, encoding, position.character)
  if not inside or column < 0 or vim.str_utfindex(line, encoding, column) ~= position.character then
    return nil
  end
  return (column == #line or vim.str_utf_start(line, column + 1) == 0) and { position.line, column } or nil
end

---@param one [integer, integer]
---@param other [integer, integer]
---@return boolean
local function before(one, other)
  return one[1] < other[1] or (one[1] == other[1] and one[2] < other[2])
end

---Return the parts of an edit, nil unless they are in order, disjoint and inside the buffer.
---@param buffer integer
---@param edits lsp.TextEdit[]
---@param encoding string
---@return copydesk.Part[]?
local function parts(buffer, edits, encoding)
  local found, reached = {}, { 0, 0 }
  for _, edit in ipairs(edits) do
    local first = located(buffer, edit.range.start, encoding)
    local last = located(buffer, edit.range["end"], encoding)
    if not first or not last or before(first, reached) or before(last, first) or type(edit.newText) ~= "string" then
      return nil
    end
    -- The buffer ends its lines by itself; where it keeps carriage returns, those of the new words stay too.
    local words = vim.bo[buffer].fileformat == "unix" and edit.newText or edit.newText:gsub("\r\n?", "\n")
    table.insert(found, { first = first, last = last, lines = vim.split(words, "\n", { plain = true }) })
    reached = last
  end
  return found
end

---Replace parts of a buffer, from the last to the first, so that none moves another.
---@param buffer integer
---@param replaced copydesk.Part[]
local function replace(buffer, replaced)
  local final = vim.api.nvim_buf_line_count(buffer)
  -- What stands behind the last line's end is a line of the protocol and none of the buffer.
  local behind = #replaced > 0 and replaced[#replaced].last[1] == final
  if behind then
    vim.api.nvim_buf_set_lines(buffer, final, final, true, { "" })
  end
  for index = #replaced, 1, -1 do
    local part = replaced[index]
    vim.api.nvim_buf_set_text(buffer, part.first[1], part.first[2], part.last[1], part.last[2], part.lines)
  end
  if behind then
    vim.bo[buffer].endofline = vim.api.nvim_buf_get_lines(buffer, -2, -1, true)[1] == ""
    if vim.bo[buffer].endofline then
      vim.api.nvim_buf_set_lines(buffer, -2, -1, true, {})
    end
  end
end

---Do something to a buffer that takes away the marks of lines that are replaced, and set those again.
---@param buffer integer
---@param change fun()
local function keeping_marks(buffer, change)
  local marks = vim.fn.getmarklist(buffer)
  change()
  local final = vim.api.nvim_buf_line_count(buffer)
  for _, one in ipairs(marks) do
    local name = one.mark:match("^'(%l)$")
    if name and vim.api.nvim_buf_get_mark(buffer, name)[1] == 0 then
      local row = math.min(one.pos[2], final)
      local line = vim.api.nvim_buf_get_lines(buffer, row - 1, row, true)[1]
      vim.api.nvim_buf_set_mark(buffer, name, row, math.min(one.pos[3] - 1, #line), {})
    end
  end
end

---Apply an edit whole or not at all, as one undo, and answer what was done.
---@param params lsp.ApplyWorkspaceEditParams
---@param context lsp.HandlerContext
---@return lsp.ApplyWorkspaceEditResult
function M.apply(params, context)
  local client = assert(vim.lsp.get_client_by_id(context.client_id))
  local changes = params.edit.documentChanges or {}
  local change = changes[1]
  if #changes ~= 1 or params.edit.changes or not change.textDocument then
    return refused(ONE)
  end
  if not is_current(change.textDocument) then
    return refused(STALE)
  end
  local buffer = vim.uri_to_bufnr(change.textDocument.uri)
  if not vim.bo[buffer].modifiable then
    return refused("The document cannot be changed.")
  end
  local replaced = parts(buffer, change.edits, client.offset_encoding)
  if not replaced then
    return refused(MISFIT)
  end
  -- Begins a new undo block, so that undoing the edit does not undo what was typed before it.
  vim.bo[buffer].undolevels = vim.bo[buffer].undolevels
  local done, problem = pcall(keeping_marks, buffer, function()
    replace(buffer, replaced)
  end)
  return done and { applied = true } or refused(tostring(problem))
end

return M
