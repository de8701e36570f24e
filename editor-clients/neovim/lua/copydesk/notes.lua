-- Notes in a buffer: how they look until the writer says otherwise, and what can be done with the one at the cursor.

local M = {}

local HIGHLIGHTS = {
  "DiagnosticVirtualLinesError",
  "DiagnosticVirtualLinesWarn",
  "DiagnosticVirtualLinesInfo",
  "DiagnosticVirtualLinesHint",
}
local shown = vim.api.nvim_create_namespace("copydesk.shown")

---Return a message broken into lines of at most so many columns.
---@param message string
---@param width integer
---@return string[]
local function wrapped(message, width)
  local lines, line = {}, ""
  for word in message:gmatch("%S+") do
    if line ~= "" and vim.fn.strdisplaywidth(line .. " " .. word) > width then
      table.insert(lines, line)
      line = word
    else
      line = line == "" and word or line .. " " .. word
    end
  end
  table.insert(lines, line)
  return lines
end

---@param diagnostic vim.Diagnostic
---@param row integer
---@param column integer
---@return boolean
local function is_at(diagnostic, row, column)
  local begun = row > diagnostic.lnum or (row == diagnostic.lnum and column >= diagnostic.col)
  local over = row > diagnostic.end_lnum or (row == diagnostic.end_lnum and column >= diagnostic.end_col)
  return begun and not over
end

---Return the sentence that is offered in place of a note's words, if one is ready.
---@param diagnostic vim.Diagnostic
---@return string?
local function offered(diagnostic)
  local rewrite = vim.tbl_get(diagnostic, "user_data", "lsp", "data", "rewrite")
  -- An empty one is the offer to take the sentence out, which the action says.
  return rewrite ~= "" and rewrite or nil
end

---Show the notes at the cursor, or else those on its line, below the line. Neovim's own virtual lines stand under the
---note's column and do not wrap: of a paragraph written as one line they would show nothing.
---@param client vim.lsp.Client
---@param buffer integer
local function draw(client, buffer)
  vim.api.nvim_buf_clear_namespace(buffer, shown, 0, -1)
  local own = vim.diagnostic.config() or {}
  local off = not vim.diagnostic.is_enabled({ bufnr = buffer }) or own.virtual_text or own.virtual_lines
  if off or vim.api.nvim_get_current_buf() ~= buffer or vim.api.nvim_get_mode().mode:find("^i") then
    return
  end
  local row, column = unpack(vim.api.nvim_win_get_cursor(0))
  row = row - 1
  local namespace = vim.lsp.diagnostic.get_namespace(client.id)
  local line = vim.diagnostic.get(buffer, { namespace = namespace, lnum = row })
  local here = vim.tbl_filter(function(diagnostic)
    return is_at(diagnostic, row, column)
  end, line)
  local width = math.min(88, vim.api.nvim_win_get_width(0) - vim.fn.getwininfo(vim.fn.win_getid())[1].textoff - 4)
  local lines = {}
  local function add(mark, text, highlight)
    for index, piece in ipairs(wrapped(text, width)) do
      table.insert(lines, { { (index == 1 and mark or "  ") .. piece, highlight } })
    end
  end
  for _, diagnostic in ipairs(#here > 0 and here or line) do
    add("└ ", ("%s (%s)"):format(diagnostic.message, diagnostic.code), HIGHLIGHTS[diagnostic.severity])
    local rewrite = offered(diagnostic)
    if rewrite then
      add("→ ", rewrite, "Added")
    end
  end
  if #lines > 0 then
    vim.api.nvim_buf_set_extmark(buffer, shown, row, 0, { virt_lines = lines })
  end
end

---Keep the notes at the cursor on the screen, where the writer's configuration shows no diagnostics in the text.
---@param client vim.lsp.Client
---@param buffer integer
function M.follow(client, buffer)
  local group = vim.api.nvim_create_augroup("copydesk.shown." .. buffer, {})
  local function later()
    -- When the mode, the diagnostics and the window are what the event announced.
    vim.schedule(function()
      if vim.api.nvim_buf_is_loaded(buffer) then
        draw(client, buffer)
      end
    end)
  end
  local events = { "CursorMoved", "DiagnosticChanged", "InsertEnter", "InsertLeave", "BufEnter" }
  vim.api.nvim_create_autocmd(events, { group = group, buffer = buffer, callback = later })
  vim.api.nvim_create_autocmd("WinResized", { group = group, callback = later })
end

---@param client vim.lsp.Client
---@param buffer integer
---@param range lsp.Range
---@param found fun(actions: lsp.CodeAction[])
local function request(client, buffer, range, found)
  local params = {
    textDocument = vim.lsp.util.make_text_document_params(buffer),
    range = range,
    context = { diagnostics = {}, triggerKind = vim.lsp.protocol.CodeActionTriggerKind.Invoked },
  }
  client:request("textDocument/codeAction", params, function(problem, actions)
    found(problem and {} or actions or {})
  end, buffer)
end

---Ask the server what can be done at the cursor, or else anywhere on its line; it alone knows where a note is now.
---@param client vim.lsp.Client
---@param buffer integer
---@param wanted fun(action: lsp.CodeAction): boolean
---@param found fun(actions: lsp.CodeAction[])
function M.actions(client, buffer, wanted, found)
  local here = vim.lsp.util.make_position_params(0, client.offset_encoding).position
  request(client, buffer, { start = here, ["end"] = here }, function(actions)
    local chosen = vim.tbl_filter(wanted, actions)
    if #chosen > 0 then
      return found(chosen)
    end
    local line = vim.api.nvim_buf_get_lines(buffer, here.line, here.line + 1, false)[1] or ""
    local range = {
      start = { line = here.line, character = 0 },
      ["end"] = { line = here.line, character = vim.str_utfindex(line, client.offset_encoding) },
    }
    request(client, buffer, range, function(all)
      found(vim.tbl_filter(wanted, all))
    end)
  end)
end

return M
