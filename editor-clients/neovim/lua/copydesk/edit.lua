-- Edits that the server asks for. Neovim's own handler applies any edit to a document that was just opened, skips an
-- edit that came too late, and says "applied" to both; this one edits only the text that the edit was made for, and
-- says what it did.

local M = {}

local STALE = "The text has changed since the edit was made."

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

---Apply an edit whole or not at all, as one undo, and answer what was done.
---@param params lsp.ApplyWorkspaceEditParams
---@param context lsp.HandlerContext
---@return lsp.ApplyWorkspaceEditResult
function M.apply(params, context)
  local client = assert(vim.lsp.get_client_by_id(context.client_id))
  local changes = params.edit.documentChanges
  if not changes or params.edit.changes then
    return refused("Only edits of a certain version of a document are applied.")
  end
  for _, change in ipairs(changes) do
    if not change.textDocument or not is_current(change.textDocument) then
      return refused(STALE)
    end
    local buffer = vim.uri_to_bufnr(change.textDocument.uri)
    if not vim.bo[buffer].modifiable then
      return refused("The document cannot be changed.")
    end
  end
  for _, change in ipairs(changes) do
    local buffer = vim.uri_to_bufnr(change.textDocument.uri)
    -- Begins a new undo block, so that undoing the edit does not undo what was typed before it.
    vim.bo[buffer].undolevels = vim.bo[buffer].undolevels
    local done, problem = pcall(vim.lsp.util.apply_text_edits, change.edits, buffer, client.offset_encoding)
    if not done then
      return refused(tostring(problem))
    end
  end
  return { applied = true }
end

return M
