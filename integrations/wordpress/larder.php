<?php
/**
 * Plugin Name: Larder
 * Description: Tells a Larder edge cache what each request to WordPress has changed.
 * Version: 1.0
 * Requires PHP: 7.4
 *
 * A must-use plugin: copy this file into wp-content/mu-plugins and define two
 * constants in wp-config.php:
 *
 *     define( 'LARDER_HOOK_URL', 'https://YOUR-DOMAIN/_larder/hooks/wordpress' );
 *     define( 'LARDER_HOOK_SECRET', 'the secret of the hook' );
 *
 * Changes are collected during the request and sent as one batch when it ends,
 * once the visitor has the response. A batch that cannot be delivered is sent
 * again by WP-Cron. Which surrogate keys a change purges is decided by the edge.
 */

defined( 'ABSPATH' ) || exit;

/**
 * What the request has changed so far, and how it is sent.
 */
final class Larder {
	/** Later actions replace weaker ones of the same item. */
	const STRENGTH = array( 'edit' => 1, 'publish' => 2, 'delete' => 3, 'all' => 4 );

	/** At most so many events are sent in one request to the edge. */
	const BATCH = 100;

	/** After a failure, a batch is sent again after so many seconds. */
	const RETRIES = array( 30, 120, 600, 3600 );

	/** Options that change what many answers of the REST API say. */
	const OPTIONS = array(
		'blogname', 'blogdescription', 'siteurl', 'home', 'permalink_structure', 'category_base', 'tag_base',
		'timezone_string', 'gmt_offset', 'date_format', 'time_format', 'start_of_week', 'WPLANG',
		'posts_per_page', 'show_on_front', 'page_on_front', 'page_for_posts', 'site_icon', 'site_logo',
		'show_avatars', 'avatar_default', 'avatar_rating', 'default_comment_status', 'template', 'stylesheet',
	);

	/** @var array<string, array> Events by type and id. */
	private static $events = array();

	/** @var array<string, object> Terms as they were, and their numbers of posts. */
	private static $terms = array();

	/** Registers everything that is listened to. */
	public static function listen() {
		foreach ( array(
			'transition_post_status' => 3,
			'post_updated'           => 3,
			'before_delete_post'     => 1,
			'deleted_post'           => 2,
			'_wp_put_post_revision'  => 1,
			'untrashed_post_comments' => 1,
			'set_object_terms'       => 6,
			'deleted_term_relationships' => 1,
			'added_post_meta'        => 3,
			'updated_post_meta'      => 3,
			'deleted_post_meta'      => 3,
			'add_attachment'         => 1,
			'edit_attachment'        => 1,
			'delete_attachment'      => 1,
			'created_term'           => 3,
			'edit_terms'             => 2,
			'edited_term'            => 3,
			'pre_delete_term'        => 2,
			'delete_term'            => 3,
			'edit_term_taxonomy'     => 2,
			'edited_term_taxonomy'   => 2,
			'profile_update'         => 2,
			'deleted_user'           => 2,
			'wp_insert_comment'      => 2,
			'transition_comment_status' => 3,
			'edit_comment'           => 1,
			'deleted_comment'        => 2,
			'wp_update_nav_menu'     => 1,
			'wp_create_nav_menu'     => 1,
			'wp_delete_nav_menu'     => 1,
			'updated_option'         => 3,
			'added_option'           => 2,
			'deleted_option'         => 1,
		) as $hook => $arguments ) {
			add_action( $hook, array( self::class, $hook ), 10, $arguments );
		}
		foreach ( array( 'switch_theme', 'activated_plugin', 'deactivated_plugin', 'upgrader_process_complete' ) as $hook ) {
			add_action( $hook, array( self::class, 'everything' ), 10, 0 );
		}
		add_action( 'shutdown', array( self::class, 'shutdown' ), 100, 0 );
		add_action( 'larder_retry', array( self::class, 'retry' ), 10, 2 );
	}

	// Posts of every type that the REST API shows.

	public static function transition_post_status( $new, $old, $post ) {
		$is  = 'publish' === $new;
		$was = 'publish' === $old;
		if ( ! $is && ! $was ) {
			return;
		}
		if ( self::post( $is && $was ? 'edit' : ( $is ? 'publish' : 'delete' ), $post ) && $is !== $was ) {
			self::author( $post->post_author, $is );
			self::dependents( $post, $is ? 'publish' : 'delete' );
		}
	}

	public static function post_updated( $id, $after, $before ) {
		if ( ! self::shown( $after ) ) {
			return;
		}
		$public = 'publish' === $after->post_status && 'publish' === $before->post_status;
		$dated  = $public && $after->post_date !== $before->post_date;
		if ( $dated ) {
			self::post( 'publish', $after ); // Lists are in the order of dates.
		}
		if ( $public && (int) $after->post_author !== (int) $before->post_author ) {
			self::author( $before->post_author, false );
			self::author( $after->post_author, true );
		}
		if ( $public && $after->post_password !== $before->post_password ) {
			self::dependents( $after, 'publish' ); // Its comments are hidden with it.
		} elseif ( $dated || $after->post_name !== $before->post_name || (int) $after->post_parent !== (int) $before->post_parent ) {
			self::dependents( $after, 'edit' );
		}
	}

	/** What depends on a post that is about to be deleted gets another parent. */
	public static function before_delete_post( $id ) {
		$post = get_post( $id );
		if ( $post && self::shown( $post ) ) {
			self::dependents( $post, 'publish' === $post->post_status ? 'delete' : 'edit' );
		}
	}

	public static function deleted_post( $id, $post ) {
		if ( 'publish' === $post->post_status && self::post( 'delete', $post ) ) {
			self::author( $post->post_author, false );
		}
	}

	/** The links of a post have its number of revisions. Lists do not depend on it. */
	public static function _wp_put_post_revision( $id ) {
		$post = get_post( (int) wp_is_post_revision( $id ) );
		if ( $post && 'publish' === $post->post_status && self::shown( $post ) ) {
			self::event( 'edit', $post->post_type, $post->ID, '' );
		}
	}

	public static function untrashed_post_comments( $id ) {
		self::event( 'publish', 'comments', $id, 'comments' );
	}

	public static function set_object_terms( $id, $terms, $new, $taxonomy, $append, $old ) {
		sort( $new );
		sort( $old );
		if ( array_map( 'intval', $new ) !== array_map( 'intval', $old ) ) {
			self::published_post( $id );
		}
	}

	public static function deleted_term_relationships( $id ) {
		self::published_post( $id );
	}

	public static function added_post_meta( $meta_id, $id, $key ) {
		if ( in_array( $key, array( '_wp_attached_file', '_wp_attachment_metadata', '_wp_attachment_image_alt' ), true ) ) {
			self::event( 'edit', 'media', $id, 'media' );
		} elseif ( '_thumbnail_id' === $key || ! is_protected_meta( $key, 'post' ) ) {
			self::published_post( $id );
		}
	}

	public static function updated_post_meta( $meta_id, $id, $key ) {
		self::added_post_meta( $meta_id, $id, $key );
	}

	public static function deleted_post_meta( $meta_ids, $id, $key ) {
		self::added_post_meta( $meta_ids, $id, $key );
	}

	/** Reports an edit of a post, if readers see it. */
	private static function published_post( $id ) {
		$post = get_post( $id );
		if ( $post && 'publish' === $post->post_status ) {
			self::post( 'edit', $post );
		}
	}

	/** Reports a post, unless the REST API does not show its type. */
	private static function post( $action, $post ) {
		$type = self::shown( $post );
		if ( ! $type ) {
			return false;
		}
		self::event( $action, $post->post_type, $post->ID, self::base( $type ), self::search( $type ) );
		return true;
	}

	/** Returns the type of a post if the REST API shows it, and it is no file. */
	private static function shown( $post ) {
		$type = get_post_type_object( $post->post_type );
		return $type && ! empty( $type->show_in_rest ) && 'attachment' !== $post->post_type ? $type : null;
	}

	/** Returns the name of a type or a taxonomy in the REST API. */
	private static function base( $type ) {
		return $type->rest_base ? $type->rest_base : $type->name;
	}

	/** The search of the REST API finds what is public. */
	private static function search( $type ) {
		return empty( $type->public ) ? array() : array( 'search' => 'search' );
	}

	/**
	 * Reports what has the address of a post in its own, or is hidden with it: its
	 * comments, its files, and the pages under it.
	 */
	private static function dependents( $post, $action, $seen = array() ) {
		global $wpdb;
		if ( $post->comment_count > 0 ) {
			self::event( $action, 'comments', $post->ID, 'comments' );
		}
		$seen[ $post->ID ] = true;
		$children = $wpdb->get_results( $wpdb->prepare(
			"SELECT ID, post_type, post_status, comment_count FROM $wpdb->posts WHERE post_parent = %d AND post_type <> 'revision'", $post->ID
		) );
		foreach ( $children as $child ) {
			if ( 'attachment' === $child->post_type ) {
				self::event( $action, 'media', $child->ID, 'media' );
			} elseif ( 'publish' === $child->post_status && empty( $seen[ $child->ID ] ) && self::post( 'edit', $child ) ) {
				self::dependents( $child, 'edit', $seen );
			}
		}
	}

	/** Reports an author whom the REST API shows from now on, or no longer: it shows those with published posts. */
	private static function author( $id, $gains ) {
		if ( 0 === (int) $id ) {
			return; // The post has no author, and 0 is also the author of every visitor's comment.
		}
		$posts = count_user_posts( $id, get_post_types( array( 'show_in_rest' => true ) ), true );
		if ( (int) $posts === ( $gains ? 1 : 0 ) ) {
			self::event( 'publish', 'user', $id, 'users' );
		}
	}

	// Files.

	public static function add_attachment( $id ) {
		self::event( 'publish', 'media', $id, 'media' );
	}

	public static function edit_attachment( $id ) {
		self::event( 'edit', 'media', $id, 'media' );
	}

	public static function delete_attachment( $id ) {
		self::event( 'delete', 'media', $id, 'media' );
		self::reference( 'media', $id );
	}

	// Terms.

	public static function created_term( $id, $tt_id, $taxonomy ) {
		self::term( 'publish', $taxonomy, $id );
	}

	/** Remembers a term that is about to be changed. */
	public static function edit_terms( $id, $taxonomy ) {
		$term = get_term( $id, $taxonomy );
		if ( $term instanceof WP_Term ) {
			self::$terms[ $id ] = clone $term;
		}
	}

	public static function edited_term( $id, $tt_id, $taxonomy ) {
		$after  = get_term( $id, $taxonomy );
		$before = isset( self::$terms[ $id ] ) ? self::$terms[ $id ] : null;
		if ( ! $before || ! $after instanceof WP_Term ) {
			self::term( 'publish', $taxonomy, $id );
			self::under( $id, $taxonomy, true );
			return;
		}
		// Lists are in the order of names.
		self::term( $after->name !== $before->name ? 'publish' : 'edit', $taxonomy, $id );
		$slug = $after->slug !== $before->slug;
		if ( $slug || (int) $after->parent !== (int) $before->parent ) {
			// Since WordPress 6.6, posts have the slugs of their terms in class_list.
			$classes = $slug && version_compare( get_bloginfo( 'version' ), '6.6', '>=' );
			self::under( $id, $taxonomy, $classes || self::in_addresses( $taxonomy ) );
		}
	}

	/** The terms under a deleted one get another parent. */
	public static function pre_delete_term( $id, $taxonomy ) {
		self::under( $id, $taxonomy, true );
	}

	public static function delete_term( $id, $tt_id, $taxonomy ) {
		self::term( 'delete', $taxonomy, $id );
	}

	/**
	 * Reports what depends on the slug and the parent of a term: what refers to it,
	 * if that is asked for, the addresses of the terms under it, and the lists of
	 * posts that select by it with what is under it.
	 */
	private static function under( $id, $taxonomy, $references ) {
		$known = get_taxonomy( $taxonomy );
		if ( ! $known || empty( $known->show_in_rest ) || 'nav_menu' === $taxonomy ) {
			return;
		}
		if ( $references ) {
			self::reference( $taxonomy, $id );
		}
		if ( empty( $known->hierarchical ) ) {
			return;
		}
		foreach ( get_term_children( $id, $taxonomy ) as $child ) {
			self::term( 'edit', $taxonomy, $child );
			if ( self::in_addresses( $taxonomy ) ) {
				self::reference( $taxonomy, $child );
			}
		}
		foreach ( $known->object_type as $name ) {
			self::filtered( get_post_type_object( $name ) );
		}
	}

	/** Says whether the addresses of posts have the slug of their category, of their author or the like. */
	private static function in_addresses( $what ) {
		return false !== strpos( (string) get_option( 'permalink_structure' ), "%$what%" );
	}

	/** Reports that a type's lists that select or order may have changed. */
	private static function filtered( $type ) {
		if ( $type && ! empty( $type->show_in_rest ) && 'attachment' !== $type->name ) {
			self::event( 'edit', $type->name, '', self::base( $type ) );
		}
	}

	/** Remembers a term's number of posts, which is about to be counted anew. */
	public static function edit_term_taxonomy( $tt_id, $taxonomy ) {
		self::$terms[ "count $tt_id" ] = self::counted( $tt_id );
	}

	/** A term may have another number of posts, which no other content shows. */
	public static function edited_term_taxonomy( $tt_id, $taxonomy ) {
		$name   = is_object( $taxonomy ) ? $taxonomy->name : $taxonomy;
		$before = isset( self::$terms[ "count $tt_id" ] ) ? self::$terms[ "count $tt_id" ] : null;
		$after  = self::counted( $tt_id );
		if ( $after && ( ! $before || $before->count !== $after->count ) ) {
			self::term( 'edit', $name, $after->term_id, 'count:' );
		}
	}

	private static function counted( $tt_id ) {
		global $wpdb;
		return $wpdb->get_row( $wpdb->prepare( "SELECT term_id, count FROM $wpdb->term_taxonomy WHERE term_taxonomy_id = %d", $tt_id ) );
	}

	private static function term( $action, $taxonomy, $id, $prefix = '' ) {
		$known = get_taxonomy( $taxonomy );
		if ( ! $known || empty( $known->show_in_rest ) || 'nav_menu' === $taxonomy ) {
			return;
		}
		self::event( $action, $prefix . $taxonomy, $id, self::base( $known ), '' === $prefix ? self::search( $known ) : array() );
	}

	/** Reports what only has the ID of an item or an address with its slug: the item has another slug, or is gone. */
	private static function reference( $type, $id ) {
		self::event( 'edit', 'id:' . $type, $id, '' );
	}

	// Users, whom the REST API shows once they have published something.

	public static function profile_update( $id, $before ) {
		$after = get_userdata( $id );
		// Lists are in the order of names.
		self::event( $after && $after->display_name === $before->display_name ? 'edit' : 'publish', 'user', $id, 'users' );
		if ( $after && $after->user_nicename !== $before->user_nicename && self::in_addresses( 'author' ) ) {
			self::reference( 'user', $id );
		}
	}

	public static function deleted_user( $id, $reassign ) {
		self::event( 'delete', 'user', $id, 'users' );
		self::reference( 'user', $id );
		if ( $reassign ) {
			self::event( 'publish', 'user', $reassign, 'users' );
			foreach ( get_post_types( array( 'show_in_rest' => true ), 'objects' ) as $type ) {
				self::filtered( $type );
			}
		}
	}

	// Comments, of which readers see the approved ones.

	public static function wp_insert_comment( $id, $comment ) {
		self::comment( '1' === (string) $comment->comment_approved ? 'publish' : '', $comment );
	}

	public static function transition_comment_status( $new, $old, $comment ) {
		self::reference( 'comment', $comment->comment_ID );
		self::comment( 'approved' === $new ? 'publish' : ( 'approved' === $old ? 'delete' : '' ), $comment );
	}

	public static function edit_comment( $id ) {
		$comment = get_comment( $id );
		if ( $comment && '1' === (string) $comment->comment_approved ) {
			self::comment( 'publish', $comment ); // It may have another date.
		}
	}

	public static function deleted_comment( $id, $comment ) {
		self::reference( 'comment', $id );
		self::comment( '1' === (string) $comment->comment_approved ? 'delete' : '', $comment );
	}

	/** Reports a comment, unless the action is '', and what says that there is one. */
	private static function comment( $action, $comment ) {
		if ( (int) $comment->comment_parent > 0 ) {
			// It has a link to the answers, those that wait for approval included.
			self::event( 'edit', 'comment', $comment->comment_parent, '' );
		}
		if ( '' === $action ) {
			return;
		}
		self::event( $action, 'comment', $comment->comment_ID, 'comments', array( 'post' => (int) $comment->comment_post_ID ) );
	}

	// Menus.

	public static function wp_create_nav_menu( $id ) {
		self::event( 'publish', 'nav_menu', $id, 'menus' );
	}

	public static function wp_update_nav_menu( $id ) {
		self::event( 'publish', 'nav_menu', $id, 'menus' );
		self::event( 'publish', 'nav_menu_item', '', 'menu-items' );
	}

	public static function wp_delete_nav_menu( $id ) {
		self::event( 'delete', 'nav_menu', $id, 'menus' );
		self::event( 'publish', 'nav_menu_item', '', 'menu-items' );
	}

	// Options, themes and plugins.

	public static function updated_option( $option, $old, $new ) {
		if ( 'sticky_posts' === $option ) {
			$old = is_array( $old ) ? $old : array();
			$new = is_array( $new ) ? $new : array();
			foreach ( array_merge( array_diff( $old, $new ), array_diff( $new, $old ) ) as $id ) {
				self::published_post( $id );
			}
			return;
		}
		if ( in_array( $option, apply_filters( 'larder_options', self::OPTIONS ), true ) ) {
			self::event( 'all', 'option', $option, '' );
		}
	}

	public static function added_option( $option, $value ) {
		self::updated_option( $option, array(), $value );
	}

	public static function deleted_option( $option ) {
		self::updated_option( $option, array(), array() );
	}

	public static function everything() {
		self::event( 'all', 'site', '', '' );
	}

	// Sending.

	private static function event( $action, $type, $id, $list, $more = array() ) {
		$key   = $type . ':' . $id;
		$event = array( 'action' => $action, 'type' => $type ) + ( '' === $list ? array() : array( 'list' => $list ) ) + $more;
		if ( '' !== $id ) {
			$event['id'] = is_numeric( $id ) ? (int) $id : $id;
		}
		if ( isset( self::$events[ $key ] ) ) {
			$known = self::$events[ $key ];
			if ( self::STRENGTH[ $known['action'] ] > self::STRENGTH[ $action ] ) {
				$event['action'] = $known['action'];
			}
			$event += $known;
		}
		self::$events[ $key ] = $event;
	}

	public static function shutdown() {
		$events       = array_values( self::$events );
		self::$events = array();
		if ( ! $events ) {
			return;
		}
		if ( function_exists( 'fastcgi_finish_request' ) ) {
			fastcgi_finish_request(); // The visitor does not wait for the edge.
		}
		foreach ( array_chunk( $events, self::BATCH ) as $batch ) {
			self::send( $batch, 0 );
		}
	}

	/** Sends a batch again that could not be delivered. */
	public static function retry( $batch, $failures ) {
		self::send( $batch, $failures );
	}

	private static function send( $batch, $failures ) {
		$body     = wp_json_encode( array( 'site' => home_url(), 'events' => $batch ) );
		$response = wp_remote_post( LARDER_HOOK_URL, array(
			'timeout' => 5,
			'headers' => array( 'Content-Type' => 'application/json', 'Larder-Signature' => self::sign( $body ) ),
			'body'    => $body,
		) );
		$status   = is_wp_error( $response ) ? 0 : (int) wp_remote_retrieve_response_code( $response );
		if ( $status >= 200 && $status < 300 ) {
			return;
		}
		error_log( 'Larder: the hook answered ' . ( $status ? $status : $response->get_error_message() ) );
		// The same batch would be refused again, unless the edge is to blame.
		$again = 0 === $status || 429 === $status || $status >= 500;
		if ( $again && isset( self::RETRIES[ $failures ] ) ) {
			wp_schedule_single_event( time() + self::RETRIES[ $failures ], 'larder_retry', array( $batch, $failures + 1 ) );
		}
	}

	/** An HMAC of the time in milliseconds, a dot and the body. */
	private static function sign( $body ) {
		$time = (string) (int) round( microtime( true ) * 1000 );
		return 't=' . $time . ',v1=' . hash_hmac( 'sha256', $time . '.' . $body, LARDER_HOOK_SECRET );
	}
}

if ( defined( 'LARDER_HOOK_URL' ) && defined( 'LARDER_HOOK_SECRET' ) && '' !== LARDER_HOOK_SECRET ) {
	Larder::listen();
}
