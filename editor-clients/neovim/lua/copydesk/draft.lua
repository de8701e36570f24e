-- A finished draft: shown beside its section, accepted whole or by paragraph, or thrown away.

local daemon = require("copydesk.daemon")
local message = require("copydesk.message")
local preview = require("copydesk.preview")
local scratch = require("copydesk.scratch")

local M = {}

---@class copydesk.Draft
---@field uri string
---@field heading string[]
---@field range lsp.Range? where the section stands, if it is what the draft was made for
---@field original string
---@field markdown string
---@field paragraphs { markdown: string, taken: boolean }[]

---@class copydesk.Shown
---@field client integer
---@field note string
---@field document integer the document's buffer
---@field section integer? the buffer with the section, if the draft is shown beside it
---@field draft integer the buffer with the draft

local CHANGED = "The draft; the section changed since it was made, so copy what you want"
local HINT = ":Copydesk draft accept [N …] | discard"

---What is shown, by note.
---@type table<string, copydesk.Shown>
local shown = {}
local marks = vim.api.nvim_create_namespace("copydesk.draft")

---Number the paragraphs that can be accepted.
---@param buffer integer
---@param draft copydesk.Draft
local function number(buffer, draft)
  vim.api.nvim_buf_clear_namespace(buffer, marks, 0, -1)
  local lines, next = scratch.lines(draft.markdown), 1
  for index, paragraph in ipairs(draft.paragraphs) do
    local first = scratch.lines(paragraph.markdown)[1]
    for row = next, #lines do
      if vim.trim(lines[row]) == vim.trim(first) then
        local mark = ("¶ %d%s "):format(index, paragraph.taken and ", accepted" or "")
        vim.api.nvim_buf_set_extmark(buffer, marks, row - 1, 0, {
          virt_text = { { mark, "@markup.strong" } },
          virt_text_pos = "inline",
          -- In the colours of the diff, on which others may not be readable.
          hl_mode = "combine",
        })
        next = row + 1
        break
      end
    end
  end
end

---@param one copydesk.Shown
---@param draft copydesk.Draft
local function fill(one, draft)
  if one.section and draft.range then
    scratch.fill(one.section, draft.original)
  end
  scratch.fill(one.draft, draft.markdown)
  number(one.draft, draft)
  vim.cmd.diffupdate()
end

---Show a draft and its section side by side, in a tab page of their own.
---@param one copydesk.Shown
local function compare(one)
  vim.cmd.tabnew()
  local empty = vim.api.nvim_get_current_buf()
  local left = vim.api.nvim_get_current_win()
  vim.api.nvim_win_set_buf(left, one.section)
  vim.api.nvim_buf_delete(empty, { force = true })
  local right = vim.api.nvim_open_win(one.draft, true, { split = "right", win = left })
  for _, window in ipairs({ left, right }) do
    vim.api.nvim_win_call(window, vim.cmd.diffthis)
    scratch.dress(window)
    vim.wo[window][0].foldenable = false
  end
end

---@param client vim.lsp.Client
---@param document integer
---@param note string
---@param draft copydesk.Draft
local function open(client, document, note, draft)
  local one = { client = client.id, note = note, document = document, draft = scratch.buffer() }
  shown[note] = one
  local title = draft.heading[#draft.heading] or vim.fs.basename(vim.uri_to_fname(draft.uri))
  if draft.range then
    one.section = scratch.buffer()
    compare(one)
    scratch.name(one.section, ("copydesk://section %s"):format(title))
    scratch.say(one.section, "The section as it stands")
  else
    local split = vim.o.columns >= 120 and "right" or "below"
    scratch.dress(vim.api.nvim_open_win(one.draft, true, { split = split, win = 0 }))
    -- To copy from; the writer may also want to keep it, or to change it first.
    vim.bo[one.draft].bufhidden = "hide"
  end
  scratch.name(one.draft, ("copydesk://draft %s"):format(title))
  scratch.say(one.draft, draft.range and "The draft   " .. HINT or CHANGED)
  fill(one, draft)
  vim.bo[one.draft].modifiable = draft.range == nil
end

---@param one copydesk.Shown?
local function close(one)
  for _, buffer in ipairs(one and { one.section or one.draft, one.draft } or {}) do
    if vim.api.nvim_buf_is_valid(buffer) then
      vim.api.nvim_buf_delete(buffer, { force = true })
    end
  end
end

---@param note string
---@return copydesk.Shown?
local function still(note)
  local one = shown[note]
  local windows = one and vim.api.nvim_buf_is_valid(one.draft) and vim.fn.win_findbuf(one.draft) or {}
  return #windows > 0 and one or nil
end

---Show a draft, where it is shown already with what has become of it.
---@param client vim.lsp.Client
---@param document integer
---@param note string
function M.show(client, document, note)
  daemon.execute(client, document, "copydesk.showDraft", { noteId = note }, function(draft)
    close(still(note))
    preview.close(draft.uri)
    open(client, document, note, draft)
  end)
end

---Bring what is shown of a draft up to date, after some of it was accepted or all of it thrown away.
---@param client vim.lsp.Client
---@param document integer
---@param note string
local function refresh(client, document, note)
  local one = still(note)
  if not one or not one.section then
    return
  end
  daemon.execute(client, document, "copydesk.showDraft", { noteId = note }, function(draft)
    if draft.range then
      fill(one, draft)
    end
  end, function()
    -- There is nothing left of it to accept.
    close(one)
  end)
end

---@param name string
---@return fun(command: lsp.Command, context: { client_id: integer, bufnr: integer })
local function followed(name)
  return function(command, context)
    local client, argument = assert(vim.lsp.get_client_by_id(context.client_id)), command.arguments[1]
    daemon.execute(client, context.bufnr, name, argument, function()
      refresh(client, context.bufnr, argument.noteId)
    end)
  end
end

---What is done here with commands of code actions; all others go to the server as they are.
---@type table<string, fun(command: lsp.Command, context: { client_id: integer, bufnr: integer })>
M.commands = {
  ["copydesk.showDraft"] = function(command, context)
    local client = assert(vim.lsp.get_client_by_id(context.client_id))
    M.show(client, context.bufnr, command.arguments[1].noteId)
  end,
  ["copydesk.applyNote"] = followed("copydesk.applyNote"),
  ["copydesk.discardDraft"] = followed("copydesk.discardDraft"),
}

---Return what a buffer shows, if it shows a draft.
---@param buffer integer
---@return copydesk.Shown?
function M.at(buffer)
  return vim.iter(vim.tbl_values(shown)):find(function(one)
    return vim.api.nvim_buf_is_valid(one.draft) and (buffer == one.draft or buffer == one.section)
  end)
end

---Find the draft that is meant: the one on the cursor's line, or else the document's only one, or else the one chosen.
---@param client vim.lsp.Client
---@param document integer
---@param found fun(note: string)
function M.find(client, document, found)
  local namespace, row = vim.lsp.diagnostic.get_namespace(client.id), vim.api.nvim_win_get_cursor(0)[1] - 1
  local drafts = vim.tbl_filter(function(diagnostic)
    return vim.tbl_get(diagnostic, "user_data", "lsp", "data", "draft") or false
  end, vim.diagnostic.get(document, { namespace = namespace }))
  local here = vim.tbl_filter(function(diagnostic)
    return diagnostic.lnum == row
  end, drafts)
  local function run(diagnostic)
    if diagnostic then
      found(diagnostic.user_data.lsp.data.id)
    end
  end
  if #drafts == 0 then
    return message.say("no draft is ready here; ask with :Copydesk draft, or see earlier ones with `copydesk drafts`")
  elseif #here == 1 or #drafts == 1 then
    return run(here[1] or drafts[1])
  end
  vim.ui.select(drafts, {
    prompt = "Which draft?",
    kind = "copydesk",
    format_item = function(diagnostic)
      return diagnostic.message
    end,
  }, run)
end

return M
