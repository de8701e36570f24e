-- The command :Copydesk.

local daemon = require("copydesk.daemon")
local dismissed = require("copydesk.dismissed")
local drafts = require("copydesk.draft")
local kept = require("copydesk.kept")
local message = require("copydesk.message")
local notes = require("copydesk.notes")
local scratch = require("copydesk.scratch")

local M = {}

local SCOPES = { "note", "document", "project" }
local WORDS = {
  dismiss = SCOPES,
  draft = { "accept", "discard", "show" },
  research = { "claim", "section", "document" },
}

---@class copydesk.Call
---@field client vim.lsp.Client
---@field buffer integer
---@field words string[] what stands after the subcommand
---@field first integer? the first line of a range, from 1
---@field last integer?

---Have the server do something, with what is shown of it here.
---@param call copydesk.Call
---@param command string
---@param argument table?
---@param done fun(result: table)?
local function execute(call, command, argument, done)
  local own = drafts.commands[command]
  if own then
    return own({ title = "", command = command, arguments = { argument } }, {
      client_id = call.client.id,
      bufnr = call.buffer,
    })
  end
  daemon.execute(call.client, call.buffer, command, argument, done)
end

---Do what the server offers for the note at the cursor.
---@param call copydesk.Call
---@param command string
---@param more table? further arguments; those that the server offers have to agree with them
---@param none string what to say where it offers nothing
local function on_note(call, command, more, none)
  local function wanted(action)
    local offered = action.command and action.command.command == command and action.command.arguments[1]
    return offered and (not offered.scope or not more or offered.scope == more.scope) or false
  end
  notes.actions(call.client, call.buffer, wanted, function(actions)
    if #actions == 0 then
      return message.say(none)
    end
    local function run(action)
      if action then
        execute(call, command, vim.tbl_extend("force", action.command.arguments[1], more or {}))
      end
    end
    if #actions == 1 then
      return run(actions[1])
    end
    vim.ui.select(actions, {
      prompt = "copydesk",
      kind = "copydesk",
      format_item = function(action)
        return action.title
      end,
    }, run)
  end)
end

local ANYWHERE = { cancel = true, clear = true, jobs = true, ledger = true }
local NO_NOTE = "copydesk has no note here"

---@type table<string, fun(call: copydesk.Call)>
local subcommands = {}

---Return the lines a command was given, or nil.
---@param call copydesk.Call
---@return lsp.Range?
local function lines(call)
  if not (call.first and call.last) then
    return nil
  end
  local text = vim.api.nvim_buf_get_lines(call.buffer, call.last - 1, call.last, false)[1]
  return {
    start = { line = call.first - 1, character = 0 },
    ["end"] = { line = call.last - 1, character = vim.str_utfindex(text, call.client.offset_encoding) },
  }
end

---@param call copydesk.Call
---@return lsp.Position
local function cursor(call)
  return vim.lsp.util.make_position_params(0, call.client.offset_encoding).position
end

function subcommands.critique(call)
  local here = cursor(call)
  local range = lines(call) or { start = here, ["end"] = here }
  execute(call, "copydesk.critiqueDocument", { uri = vim.uri_from_bufnr(call.buffer), range = range })
end

function subcommands.research(call)
  local what, uri = call.words[1] or "claim", vim.uri_from_bufnr(call.buffer)
  if what == "claim" then
    local range = lines(call)
    execute(call, "copydesk.researchClaim", { uri = uri, range = range, position = not range and cursor(call) or nil })
  elseif what == "section" then
    execute(call, "copydesk.researchSection", { uri = uri, position = cursor(call) })
  elseif what == "document" then
    execute(call, "copydesk.researchSection", { uri = uri })
  else
    message.say(":Copydesk research [claim|section|document]", vim.log.levels.WARN)
  end
end

function subcommands.cite(call)
  on_note(call, "copydesk.citeNote", nil, "there is nothing to cite here; ask with :Copydesk research")
end

function subcommands.source(call)
  on_note(call, "copydesk.openSource", nil, "no source is known here; ask with :Copydesk research")
end

local DRAFT = ":Copydesk draft [show|accept [N …]|discard]"

---Return the paragraphs that are named, counted from 0; nil where something else is.
---@param words string[]
---@return integer[]?
local function paragraphs(words)
  local numbers = vim.tbl_map(function(word)
    return word:match("^[1-9]%d*$") and tonumber(word) - 1 or -1
  end, words)
  return not vim.list_contains(numbers, -1) and numbers or nil
end

function subcommands.draft(call)
  local what, chosen = call.words[1], paragraphs(vim.list_slice(call.words, 2))
  if not what then
    return execute(call, "copydesk.draftSection", { uri = vim.uri_from_bufnr(call.buffer), position = cursor(call) })
  elseif not vim.list_contains(WORDS.draft, what) or not chosen then
    return message.say(DRAFT, vim.log.levels.WARN)
  end
  local function run(note)
    if what == "show" then
      execute(call, "copydesk.showDraft", { noteId = note })
    elseif what == "accept" then
      execute(call, "copydesk.applyNote", { noteId = note, paragraphs = #chosen > 0 and chosen or nil })
    else
      execute(call, "copydesk.discardDraft", { noteId = note })
    end
  end
  local shown = drafts.at(vim.api.nvim_get_current_buf())
  if shown then
    return run(shown.note)
  end
  drafts.find(call.client, call.buffer, run)
end

function subcommands.rewrite(call)
  on_note(call, "copydesk.rewriteNote", nil, NO_NOTE)
end

function subcommands.apply(call)
  on_note(call, "copydesk.applyNote", nil, "no rewrite is ready here; ask for one with :Copydesk rewrite")
end

function subcommands.explain(call)
  on_note(call, "copydesk.explainNote", nil, NO_NOTE)
end

function subcommands.dismiss(call)
  local scope, reason = call.words[1] or "note", table.concat(call.words, " ", 2)
  if not vim.list_contains(SCOPES, scope) then
    return message.say(":Copydesk dismiss [note|document|project] [reason]", vim.log.levels.WARN)
  end
  on_note(call, "copydesk.dismissNote", { scope = scope, reason = reason ~= "" and reason or nil }, NO_NOTE)
end

function subcommands.dismissed(call)
  dismissed.show(call.client, call.buffer)
end

function subcommands.cancel(call)
  execute(call, "copydesk.cancel")
end

function subcommands.jobs(call)
  execute(call, "copydesk.jobs", nil, function(result)
    if #result.jobs == 0 then
      return message.say("copydesk is idle")
    end
    vim.ui.select(result.jobs, {
      prompt = "Cancel which job?",
      kind = "copydesk",
      format_item = function(job)
        return ("%s, %s"):format(job.name, job.line)
      end,
    }, function(job)
      if job then
        execute(call, "copydesk.cancel", { jobId = job.jobId })
      end
    end)
  end)
end

function subcommands.ledger(call)
  execute(call, "copydesk.ledger", nil, function(result)
    scratch.open("copydesk://ledger", result.text, "text")
  end)
end

function subcommands.clear(call)
  kept.clear(call.client, call.buffer)
end

---Run a line of :Copydesk.
---@param arguments vim.api.keyset.create_user_command.command_args
function M.run(arguments)
  local name = arguments.fargs[1]
  if name == "restart" then
    return daemon.restart()
  end
  local run = subcommands[name]
  if not run then
    return message.say(("copydesk has no command %q"):format(name), vim.log.levels.WARN)
  end
  local buffer = vim.api.nvim_get_current_buf()
  local shown = name == "draft" and #arguments.fargs > 1 and drafts.at(buffer)
  buffer = shown and shown.document or buffer
  local client = daemon.client(buffer) or (ANYWHERE[name] and vim.lsp.get_clients({ name = "copydesk" })[1])
  if not client then
    local why = daemon.ended() and daemon.ENDED or "copydesk is not running here yet; see :checkhealth copydesk"
    return message.say(why, vim.log.levels.WARN)
  end
  local ranged = arguments.range > 0
  run({
    client = client,
    buffer = buffer,
    words = vim.list_slice(arguments.fargs, 2),
    first = ranged and arguments.line1 or nil,
    last = ranged and arguments.line2 or nil,
  })
end

---Return what may follow on the command line.
---@param typed string
---@param line string
---@return string[]
function M.complete(typed, line)
  local before = vim.split(vim.trim(line:sub(1, #line - #typed)), "%s+")
  local options = {}
  if #before == 1 then
    options = vim.tbl_keys(subcommands)
    table.insert(options, "restart")
  elseif #before == 2 then
    options = vim.deepcopy(WORDS[before[2]] or {})
  end
  table.sort(options)
  return vim.tbl_filter(function(option)
    return vim.startswith(option, typed)
  end, options)
end

return M
