<?php
/**
 * Runs the plugin without WordPress: the functions of WordPress that it calls
 * are below, a request's changes are made up, and what the plugin sends is
 * printed, one JSON object per request. Use `make wordpress`.
 */

define( 'ABSPATH', __DIR__ );
define( 'LARDER_HOOK_URL', 'https://edge.example.com/_larder/hooks/cms' );
define( 'LARDER_HOOK_SECRET', $argv[1] );

$actions = array();
$status  = (int) ( $argv[2] ?? 200 );

function add_action( $hook, $call, $priority = 10, $arguments = 1 ) {
	global $actions;
	$actions[ $hook ] = array( $call, $arguments );
}

function do_action( $hook, ...$arguments ) {
	global $actions;
	list( $call, $count ) = $actions[ $hook ];
	$call( ...array_slice( $arguments, 0, $count ) );
}

function apply_filters( $hook, $value ) { return $value; }
function wp_json_encode( $value ) { return json_encode( $value ); }
function home_url() { return 'https://blog.example.com'; }
function is_wp_error( $value ) { return false; }
function is_protected_meta( $key, $type ) { return '_' === $key[0]; }
function wp_remote_retrieve_response_code( $response ) { return $response; }

function get_post_type_object( $type ) {
	$bases = array( 'post' => 'posts', 'page' => 'pages', 'recipe' => '' );
	return (object) array( 'show_in_rest' => isset( $bases[ $type ] ), 'rest_base' => $bases[ $type ] ?? '' );
}

function get_taxonomy( $name ) {
	$bases = array( 'category' => 'categories', 'post_tag' => 'tags' );
	return isset( $bases[ $name ] ) ? (object) array( 'name' => $name, 'show_in_rest' => true, 'rest_base' => $bases[ $name ] ) : false;
}

function get_term_by( $field, $value, $taxonomy ) { return (object) array( 'term_id' => $value + 100 ); }
function get_post( $id ) { return post( $id, 'post', $id < 10 ? 'publish' : 'draft' ); }
function get_comment( $id ) { return comment( $id, '1' ); }

function wp_remote_post( $url, $request ) {
	global $status;
	echo json_encode( array( 'url' => $url, 'headers' => $request['headers'], 'body' => $request['body'] ) ), "\n";
	return $status;
}

function wp_schedule_single_event( $time, $hook, $arguments ) {
	echo json_encode( array( 'retry' => $hook, 'events' => count( $arguments[0] ), 'failures' => $arguments[1] ) ), "\n";
}

function post( $id, $type, $state, $author = 1 ) {
	return (object) array( 'ID' => $id, 'post_type' => $type, 'post_status' => $state, 'post_author' => $author );
}

function comment( $id, $approved ) {
	return (object) array( 'comment_ID' => (string) $id, 'comment_approved' => $approved, 'comment_post_ID' => '7' );
}

require __DIR__ . '/larder.php';

switch ( $argv[3] ?? '' ) {
	case 'nothing':
		do_action( 'transition_post_status', 'draft', 'auto-draft', post( 1, 'post', 'draft' ) );
		do_action( 'transition_post_status', 'publish', 'draft', post( 1, 'revision', 'publish' ) );
		do_action( 'updated_option', 'cron', array(), array( 1 ) );
		do_action( 'updated_post_meta', 1, 7, '_edit_lock' );
		do_action( 'updated_post_meta', 1, 70, 'subtitle' );
		do_action( 'wp_insert_comment', 1, comment( 1, '0' ) );
		do_action( 'set_object_terms', 7, array(), array( 2, 1 ), 'category', false, array( '1', '2' ) );
		break;
	case 'many':
		for ( $i = 1; $i <= 501; $i++ ) {
			do_action( 'transition_post_status', 'publish', 'draft', post( $i, 'post', 'publish' ) );
		}
		break;
	default:
		do_action( 'transition_post_status', 'publish', 'draft', post( 1, 'post', 'publish' ) );
		do_action( 'added_post_meta', 1, 1, '_thumbnail_id' ); // weaker than its publication
		do_action( 'edited_term_taxonomy', 2, 'category' );
		do_action( 'transition_post_status', 'publish', 'publish', post( 2, 'page', 'publish' ) );
		do_action( 'transition_post_status', 'trash', 'publish', post( 3, 'recipe', 'trash' ) );
		do_action( 'deleted_post', 3, post( 3, 'recipe', 'trash' ) );
		do_action( 'set_object_terms', 7, array(), array( 1, 3 ), 'category', false, array( 1 ) );
		do_action( 'edit_attachment', 4 );
		do_action( 'edited_term', 5, 55, 'post_tag' );
		do_action( 'edited_term', 6, 66, 'nav_menu' );
		do_action( 'profile_update', 8 );
		do_action( 'transition_comment_status', 'approved', 'unapproved', comment( 9, '1' ) );
		do_action( 'transition_comment_status', 'spam', 'approved', comment( 10, 'spam' ) );
		do_action( 'wp_update_nav_menu', 11 );
		do_action( 'updated_option', 'sticky_posts', array( 12, 13 ), array( 13, 14 ) );
		do_action( 'updated_option', 'blogname', 'Old', 'Né & "w"' );
}
do_action( 'shutdown' );
