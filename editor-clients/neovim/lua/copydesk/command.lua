-- The command :Copydesk.

local daemon = require("copydesk.daemon")
local message = require("copydesk.message")
local notes = require("copydesk.notes")

local M = {}

local SCOPES = { "note", "document", "project" }

---@class copydesk.Call
---@field client vim.lsp.Client
---@field buffer integer
---@field words string[] what stands after the subcommand
---@field first integer? the first line of a range, from 1
---@field last integer?

---Have the server do something; a refusal is shown in its words.
---@param call copydesk.Call
---@param command string
---@param argument table?
---@param done fun(result: table)?
local function execute(call, command, argument, done)
  local params = { command = command, arguments = { argument or vim.empty_dict() } }
  call.client:request("workspace/executeCommand", params, function(problem, result)
    if problem then
      message.say(problem.message, vim.log.levels.WARN)
    elseif done then
      done(result)
    end
  end, call.buffer)
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
        local name = vim.fs.basename(vim.uri_to_fname(job.uri))
        return ("%s, %s, %d/%d"):format(name, job.label, job.done, job.total)
      end,
    }, function(job)
      if job then
        execute(call, "copydesk.cancel", { jobId = job.jobId })
      end
    end)
  end)
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
  local client = daemon.client(buffer)
  if not client then
    return message.say("copydesk is not running here yet; see :checkhealth copydesk", vim.log.levels.WARN)
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
  elseif #before == 2 and before[2] == "dismiss" then
    options = vim.deepcopy(SCOPES)
  elseif #before == 2 and before[2] == "research" then
    options = { "claim", "section", "document" }
  end
  table.sort(options)
  return vim.tbl_filter(function(option)
    return vim.startswith(option, typed)
  end, options)
end

return M
